/** How the engine said that its play ended. */
export interface FinalMessage {
  readonly succeeded: boolean;
  /** '' = none. */
  readonly error: string;
}

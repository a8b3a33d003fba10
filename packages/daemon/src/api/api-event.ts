/** An event of the stream with the API, in either direction. */
export interface ApiEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

/** What the API says of an event that it could not carry out. */
export interface ApiRefusal {
  /** The event's type. */
  readonly of: string;
  readonly code: string;
  readonly message: string;
}

import type { Destination } from './wire-plan.js';

/** A dead letter that arrived outside. */
export interface Forwarded {
  readonly destination: Destination;
  /** The id by which the destination knows it, out of a header. */
  readonly deadLetterId: string;
  readonly taskId: string;
}

export type OnForwarded = (forwarded: Forwarded) => void;

/** The URL of each destination, or why there is none. */
export interface Destinations {
  readonly urls: Partial<Record<Destination, string>>;
  readonly problems: Partial<Record<Destination, string>>;
}

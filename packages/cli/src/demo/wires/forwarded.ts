import type { Destination } from './wire-plan.js';

/** A dead letter that arrived outside. */
export interface Forwarded {
  readonly destination: Destination;
  /** What the destination knows it by: the header that names it. */
  readonly deadLetterId: string;
  readonly taskId: string;
}

export type OnForwarded = (forwarded: Forwarded) => void;

/** Where dead letters of each destination go; for one that can't be had: why. */
export interface Destinations {
  readonly urls: Partial<Record<Destination, string>>;
  readonly problems: Partial<Record<Destination, string>>;
}

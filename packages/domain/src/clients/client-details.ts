import type { Permission } from './permission.js';

/** A client as administrators see it. Times are ISO 8601. */
export interface ClientDetails {
  readonly clientId: string;
  readonly createdAt: string;
  /** Since when it is being removed; absent = it isn't. */
  readonly removingSince?: string;
  /** The newest first; those that have expired are gone, those that were revoked stay for a month. */
  readonly keys: readonly KeyDetails[];
}

export interface KeyDetails {
  readonly keyId: string;
  /** Name of the key, for people; '' = none. */
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Ranges from which alone it may be shown; absent: from anywhere. */
  readonly addresses?: readonly string[];
  /** Absent in keys that an older release made. */
  readonly createdAt?: string;
  /** Accurate to about a minute. Absent: not in the last 400 days. */
  readonly lastUsedAt?: string;
  readonly expiresAt?: string;
  readonly revokedAt?: string;
}

/** A client, with how much of what else it has. */
export interface ClientOverview extends ClientDetails {
  /** That have not ended. */
  readonly tasks: number;
  readonly deadLetters: number;
  readonly signingSecrets: number;
}

export interface NewKey {
  /** The key to give instead of a random one. */
  readonly key?: string;
  /** Name of the key, for people. Default: none. */
  readonly name?: string;
  /** Default: all but `admin`. */
  readonly permissions?: readonly Permission[];
  /** Unix epoch ms by Redis's clock. Default: never. */
  readonly expiresAtMs?: number;
}

export interface LiveSecret {
  readonly secretId: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

export interface NewSecret extends LiveSecret {
  readonly key: Uint8Array;
}

/** What a removal removed. After an interrupted one the next removes, and counts, only the rest. */
export interface RemovalReceipt {
  readonly keys: number;
  readonly sessions: number;
  readonly signingSecrets: number;
  readonly tasks: number;
  /** Tasks of which an attempt was in flight, which may have reached its receiver. */
  readonly attemptsUnderWay: number;
  readonly deadLetters: number;
  /** Dead letters that were not forwarded yet to their destination outside. */
  readonly notForwarded: number;
  /** ISO 8601: when an interrupted removal had begun that this one went on with. */
  readonly begunAt: string | undefined;
}

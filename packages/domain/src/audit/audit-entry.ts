/** What the audit log tells of. The list is closed. */
export const AUDIT_ACTIONS = [
  /** A session was opened, or was to be. */
  'session.open',
  /** A token was given for a key, or was to be. */
  'token.issue',
  /** A call showed a key that is not good. */
  'call.authenticate',
  'dead-letter.replay',
  'dead-letter.purge',
  'client.create',
  'client.remove',
  'key.add',
  'key.change',
  'key.revoke',
  'policy.set',
  'policy.remove',
  'limits.set',
  'limits.reset',
  'default-policy.set',
  'default-policy.reset',
  'secret.create',
  'secret.rotate',
  'secret.revoke',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Who did what, from where and with what result. It holds neither payloads nor secrets. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** `ok`, an error's code, or `begun` for what an operator's command is about to do. */
  readonly outcome: string;
  /** The client that it concerns; '' = unknown. */
  readonly clientId: string;
  /** Public part of the key that was used; '' = none, or unknown. */
  readonly keyId: string;
  /** What counts as one address, or `user@host` for an operator's command. */
  readonly from: string;
  /** More about it: counts, names, ids. */
  readonly details: Readonly<Record<string, string>>;
}

/** An entry as it is read. */
export interface ReadAuditEntry extends AuditEntry {
  readonly id: string;
  /** ISO 8601, by Redis's clock. */
  readonly at: string;
}

/** Where entries go. Rejects with BoomerangError `unavailable` or `outcome_unknown`. */
export interface AuditStore {
  write(entries: readonly AuditEntry[]): Promise<void>;
}

export interface AuditQuery {
  /** '' = all. */
  readonly clientId: string;
  /** Unix epoch ms by Redis's clock, both inclusive. */
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly limit: number;
  /** That of the page before; '' = from the start. */
  readonly nextToken: string;
}

export interface AuditPage {
  /** The oldest first. There may be fewer than asked for although there are more pages. */
  readonly entries: readonly ReadAuditEntry[];
  /** '' = there are no more. */
  readonly nextToken: string;
}

/** Where entries are read. Rejects with BoomerangError `unavailable`. */
export interface AuditReader {
  page(query: AuditQuery): Promise<AuditPage>;
}

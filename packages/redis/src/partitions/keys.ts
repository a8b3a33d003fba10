import { partitionTags } from './partition-tags.js';

/** Keys that belong to no partition. The only place that spells them. */
export const globalKeys = {
  /** String: how many partitions new tasks go to. */
  partitions: 'boomerang:partitions',
  /** Set: every count since the first raise, the one before it included. In one slot with `partitions`. */
  partitionHistory: '{boomerang:partitions}:history',
  /** Set: the formats that what is in Redis has been written in. */
  formats: 'boomerang:formats',
  /** String: a session as JSON, with a TTL. */
  session: (sessionId: string) => `boomerang:session:${sessionId}`,
  /** String: a client as JSON. */
  client: (clientId: string) => `boomerang:client:${clientId}`,
  /** String, with a TTL if it expires or is revoked: a key's HMAC, its client and more about it as JSON. */
  clientKey: (keyId: string) => `boomerang:key:${keyId}`,
  /** String with a TTL: when a key was used last, to about a minute. */
  keyUse: (keyId: string) => `boomerang:key-use:${keyId}`,
  /** Hash: the limits that a client has of its own, by name. */
  clientLimits: (clientId: string) => `boomerang:limits:${clientId}`,
  /** String: the delivery policy (JSON) of a client's sessions whose handshake names none. */
  defaultPolicy: (clientId: string) => `boomerang:default-policy:${clientId}`,
  /** Hash: a client's delivery policies (JSON) by name, and in `=default` the name of its default. */
  policies: (clientId: string) => `boomerang:policies:${clientId}`,
  /** Stream: the audit log. */
  audit: 'boomerang:audit',
  /** Stream: what each process did in each second of the last hour. */
  stats: 'boomerang:stats',
  /** Hash: a client's signing secrets (JSON) by secret id. */
  signingSecrets: (clientId: string) => `boomerang:signing-secrets:${clientId}`,
  /** String: HMAC by which the master key of all signing secrets is recognised. */
  masterKeyMark: 'boomerang:master-key',
} as const;

/** Keys of one partition; all carry its hash tag. */
export interface PartitionKeys {
  /** Sorted set: task id, or `task id:occurrence`, by due ms. The truth about what fires when. */
  readonly due: string;
  /** Hash: occurrence state by member, from its first claim to its end. */
  readonly occurrences: string;
  /** Sorted set: claimed members by the ms their lease ends. */
  readonly leases: string;
  /** Hash: delivery policy (JSON) by hash. */
  readonly policies: string;
  /** Hash: number of tasks by policy hash. */
  readonly policyRefs: string;
  /** Stream: dead letters of all clients. */
  readonly dlq: string;
  /** String: when occurrences were claimed lately, and how many. */
  readonly claims: string;
  /** String with a TTL: the scheduler that looks after the partition. */
  readonly scheduler: string;
  /** Pub/sub channel: due ms of an occurrence that became the first of its slice at short notice. */
  readonly wakeChannel: string;
  /** Strings `<prefix><task id>`: task records. */
  readonly recordPrefix: string;
  /** Sorted sets `<prefix><client id>`: a client's tasks by next due ms. */
  readonly clientPrefix: string;
  /** Streams `<prefix><client id>`: what a client's dead letters are found by; ids as in `dlq`. */
  readonly deadLetterPrefix: string;
  /** Sorted set: `<entry id of dlq> <client id>` by the ms their destination outside got them. */
  readonly forwarded: string;
  /** Hash: the latest attempts of recurring tasks by task id. */
  readonly latestAttempts: string;
  /** Sorted set: `<name>:<task id>` by the ms at which the name is checked next. */
  readonly names: string;
  /** Strings `<prefix><name>`: which task a name is reserved for. */
  readonly reservationPrefix: string;
  /** Strings `<prefix><task id>`: receipts, which say that a named task was registered, and when it is due first. */
  readonly receiptPrefix: string;
  /** Streams `<prefix><client id>`: events of a client's tasks; kept while somebody follows them. */
  readonly eventPrefix: string;
  /** Prefix of what concerns executions; `scripts/lib/executions/executions.lua` names what is behind it. */
  readonly executionPrefix: string;
  /** Sorted sets `<prefix><client id>`: a client's overdue members by due ms, while more is overdue than is delivered. */
  readonly overduePrefix: string;
  /** Sorted set: clients with overdue members by their turns. */
  readonly rotation: string;
  /** Hashes `<prefix><client id>`: what is left of the tasks a second that a client may register, and since when. */
  readonly bucketPrefix: string;
  /** Sorted set: tasks by calendar that lack times of their next occurrences, by the ms since when. */
  readonly calendars: string;
  /** Sorted sets `<prefix><client id>:<tag>`: a client's tasks with a tag by next due ms. */
  readonly tagPrefix: string;
  /** Sorted set: `<member> <due ms>` of what is held of paused tasks, all with score 0. */
  readonly paused: string;
  /** Prefix of the BullMQ queue of tickets. */
  readonly queuePrefix: string;
  /** `<prefix><kind>`: values that live no longer than the script that tries what the Redis user may do. */
  readonly probePrefix: string;
}

/** Name of every partition's BullMQ queue. */
export const TICKET_QUEUE = 'tickets';

export function partitionKeys(count: number): PartitionKeys[] {
  return partitionTags(count).map((tag) => ({
    due: `{${tag}}due`,
    occurrences: `{${tag}}occurrences`,
    leases: `{${tag}}leases`,
    policies: `{${tag}}policies`,
    policyRefs: `{${tag}}policy-refs`,
    dlq: `{${tag}}dlq`,
    claims: `{${tag}}claims`,
    scheduler: `{${tag}}scheduler`,
    wakeChannel: `{${tag}}wake`,
    recordPrefix: `{${tag}}t:`,
    clientPrefix: `{${tag}}c:`,
    deadLetterPrefix: `{${tag}}d:`,
    forwarded: `{${tag}}forwarded`,
    latestAttempts: `{${tag}}latest-attempts`,
    names: `{${tag}}names`,
    reservationPrefix: `{${tag}}n:`,
    receiptPrefix: `{${tag}}r:`,
    eventPrefix: `{${tag}}e:`,
    executionPrefix: `{${tag}}x:`,
    overduePrefix: `{${tag}}overdue:`,
    rotation: `{${tag}}rotation`,
    bucketPrefix: `{${tag}}b:`,
    calendars: `{${tag}}calendars`,
    tagPrefix: `{${tag}}g:`,
    paused: `{${tag}}paused`,
    queuePrefix: `{${tag}}bull`,
    probePrefix: `{${tag}}probe:`,
  }));
}

/** KEYS of every script, as `scripts/lib/partition.lua` names them. */
export function scriptKeys(keys: PartitionKeys): string[] {
  return [
    keys.due,
    keys.occurrences,
    keys.leases,
    keys.policies,
    keys.policyRefs,
    keys.dlq,
    keys.claims,
    keys.scheduler,
    keys.wakeChannel,
    keys.recordPrefix,
    keys.clientPrefix,
    keys.deadLetterPrefix,
    keys.forwarded,
    keys.latestAttempts,
    keys.names,
    keys.reservationPrefix,
    keys.receiptPrefix,
    keys.eventPrefix,
    keys.executionPrefix,
    keys.overduePrefix,
    keys.rotation,
    keys.bucketPrefix,
    keys.calendars,
    keys.tagPrefix,
    keys.paused,
  ];
}

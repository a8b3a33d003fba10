import type { ClaimedOccurrence } from '@boomerang/domain';

/** A claimed occurrence that is due and under a long lease. */
export function anOccurrence(changes: Partial<ClaimedOccurrence> = {}): ClaimedOccurrence {
  return {
    partition: 0,
    taskId: '01a20195-d96f-7000-b7d2-2e3b4a4e0b72',
    clientId: 'shop',
    occurrence: 1,
    attempt: 1,
    scheduledTimeMs: 1_795_305_600_000,
    dueMs: 1_795_305_600_000,
    repeatIntervalMs: 0,
    calendar: undefined,
    tags: [],
    expiresAtMs: undefined,
    idempotencyKey: undefined,
    traceparent: undefined,
    policy: {
      callback: { protocol: 'HTTP', endpoint: 'http://192.0.2.1/' },
      retry: { maxAttempts: 3, strategy: 'FIXED', intervalMs: 100, maxIntervalMs: 60_000 },
      dlq: { destination: 'default' },
    },
    payload: Buffer.from('payload'),
    history: [],
    member: '01a20195-d96f-7000-b7d2-2e3b4a4e0b72',
    token: Buffer.alloc(12, 1),
    leaseEndsAt: Number.POSITIVE_INFINITY,
    ...changes,
  };
}

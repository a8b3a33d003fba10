import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpVerdict, ReceivedCallback } from '@boomerang/client';

/** One task of the demo, and the callbacks that are expected for it. */
export interface PlannedTask {
  readonly kind: Kind;
  /** Unique; it is the payload. */
  readonly label: string;
  readonly session: SessionName;
  readonly delayMs: number;
  /** Absent: once. */
  readonly intervalMs?: number;
  /** The exact number of callbacks that are expected, retries included. */
  readonly expected: number;
  /** When to cancel it: as soon as it is registered, or after its last expected callback. */
  readonly cancel?: 'at once' | 'after the last';
  readonly answer?: (callback: ReceivedCallback) => HttpVerdict | Promise<HttpVerdict>;
}

type Kind = 'one-shot' | 'recurring' | 'flaky' | 'failing' | 'cancelled' | 'slow';

/** Sessions differ by their retry policy. */
export const sessions = {
  patient: { maxAttempts: 5, strategy: 'FIXED', intervalMs: 200 },
  strict: { maxAttempts: 3, strategy: 'FIXED', intervalMs: 200 },
} as const;
export type SessionName = keyof typeof sessions;

const PERIODS = 8;
export const PERIOD_MS = 250;
const SLOW_MS = 1_500;

export const plan: readonly PlannedTask[] = [
  ...[0, 0, 1, 50, 250, 500, 999, 1_000, 1_500, 2_000, 3_000, 4_000].map((delayMs, index) =>
    oneShot(delayMs, index),
  ),
  {
    kind: 'recurring',
    label: `recurring, every ${PERIOD_MS} ms`,
    session: 'patient',
    delayMs: PERIOD_MS,
    intervalMs: PERIOD_MS,
    expected: PERIODS,
    cancel: 'after the last',
  },
  {
    kind: 'flaky',
    label: 'flaky, by HTTP status',
    session: 'patient',
    delayMs: 600,
    expected: 3,
    answer: ({ attempt }) => (attempt < 3 ? { httpStatus: 503 } : 'OK'),
  },
  {
    kind: 'flaky',
    label: 'flaky, by its answer',
    session: 'patient',
    delayMs: 900,
    expected: 3,
    answer: ({ attempt }) => (attempt < 3 ? { error: `not yet, at attempt ${attempt}` } : 'OK'),
  },
  {
    kind: 'failing',
    label: 'failing, always',
    session: 'strict',
    delayMs: 700,
    expected: sessions.strict.maxAttempts,
    answer: ({ attempt }) => ({ error: `never, at attempt ${attempt}` }),
  },
  {
    kind: 'cancelled',
    label: 'cancelled, before its time',
    session: 'patient',
    delayMs: 1_200,
    expected: 0,
    cancel: 'at once',
  },
  {
    kind: 'slow',
    label: `slow, answered after ${SLOW_MS} ms`,
    session: 'patient',
    delayMs: 400,
    expected: 1,
    answer: () => sleep(SLOW_MS, 'OK' as const),
  },
];

function oneShot(delayMs: number, index: number): PlannedTask {
  return {
    kind: 'one-shot',
    label: `one-shot ${index + 1}, in ${delayMs} ms`,
    session: 'patient',
    delayMs,
    expected: 1,
  };
}

import type { CallbackVerdict } from '@boomerang/client';
import type { TaskState } from '@boomerang/domain';
import type { WireName } from './wire-receivers.js';

export type Destination = 'webhook' | 'NATS';

/** One task of the demo of protocols, and what is expected of it. */
export interface WireTask {
  /** The protocol of its callbacks. */
  readonly kind: WireName;
  /** Unique; it is the payload. */
  readonly label: string;
  readonly delayMs: number;
  /** Absent: once. */
  readonly intervalMs?: number;
  /** The exact number of callbacks that are expected, retries and the replay included. */
  readonly expected: number;
  /** The receiver's answer to the nth callback (from 1) with the label. Absent: success. */
  readonly answer?: (nth: number) => CallbackVerdict;
  /** How it has to end, before any replay. */
  readonly end: TaskState;
  /** Least time between the first two callbacks. */
  readonly pauseMs?: number;
  /** Where its dead letter has to arrive before it is replayed. */
  readonly forwardTo?: Destination;
}

/** Of every session; a pause that a receiver asks for is longer. */
export const RETRY = { maxAttempts: 3, strategy: 'FIXED', intervalMs: 200 } as const;
/** What a receiver gives as its reason to fail a task for good. */
export const REASON = 'no such order';

const ASKED_PAUSE_MS = 900;
const PERIOD_MS = 250;
const PERIODS = 3;

const refuseOnce = (nth: number): CallbackVerdict => (nth === 1 ? { deadLetter: REASON } : 'OK');

export const wirePlan: readonly WireTask[] = [
  { kind: 'HTTP', label: 'done, over HTTP', delayMs: 300, expected: 1, end: 'delivered' },
  { kind: 'HTTP raw, signed', label: 'done, raw and signed', delayMs: 400, expected: 1, end: 'delivered' },
  { kind: 'gRPC', label: 'done, over gRPC', delayMs: 500, expected: 1, end: 'delivered' },
  { kind: 'TCP', label: 'done, over TCP', delayMs: 600, expected: 1, end: 'delivered' },
  { kind: 'UDP', label: 'sent, over UDP', delayMs: 700, expected: 1, end: 'sent' },
  { kind: 'UDP with acks', label: 'done, over UDP with acks', delayMs: 800, expected: 1, end: 'delivered' },
  {
    kind: 'gRPC',
    label: 'failed once, again by the policy',
    delayMs: 900,
    expected: 2,
    answer: (nth) => (nth === 1 ? { error: 'not yet' } : 'OK'),
    end: 'delivered',
    pauseMs: RETRY.intervalMs,
  },
  {
    kind: 'TCP',
    label: `failed once, again after ${ASKED_PAUSE_MS} ms`,
    delayMs: 1_000,
    expected: 2,
    answer: (nth) => (nth === 1 ? { error: 'busy', retryAfterMs: ASKED_PAUSE_MS } : 'OK'),
    end: 'delivered',
    pauseMs: ASKED_PAUSE_MS,
  },
  {
    kind: 'UDP with acks',
    label: `every ${PERIOD_MS} ms, stopped at the third`,
    delayMs: PERIOD_MS,
    intervalMs: PERIOD_MS,
    expected: PERIODS,
    answer: (nth) => (nth < PERIODS ? 'OK' : { stop: true }),
    end: 'delivered',
  },
  {
    kind: 'HTTP raw, signed',
    label: 'failed for good, to the webhook',
    delayMs: 1_100,
    expected: 2,
    answer: refuseOnce,
    end: 'dead_lettered',
    forwardTo: 'webhook',
  },
  {
    kind: 'gRPC',
    label: 'failed for good, to NATS',
    delayMs: 1_200,
    expected: 2,
    answer: refuseOnce,
    end: 'dead_lettered',
    forwardTo: 'NATS',
  },
];

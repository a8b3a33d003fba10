import { MAX_PAYLOAD_BYTES } from '../tasks/task.js';
import { MAX_DELAY_MS, MIN_REPEAT_INTERVAL_MS } from '../tasks/time-bounds.js';

interface LimitTraits {
  /** The limit of clients that have none of their own. */
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  /** What is limited, in one sentence. */
  readonly meaning: string;
}

/** The limits of one client, over all its keys. The list is closed. */
export const CLIENT_LIMITS = {
  registrationsPerSecond: {
    default: 10_000,
    min: 1,
    max: 1_000_000,
    unit: 'tasks a second',
    meaning:
      'Tasks that one client may register, submit, replay, reschedule and fire a second, over all gateways; as many at once after a rest.',
  },
  parkedTasks: {
    default: 10_000_000,
    min: 0,
    max: 1_000_000_000,
    unit: 'tasks',
    meaning: 'Tasks of one client that have not ended.',
  },
  payloadBytes: {
    default: MAX_PAYLOAD_BYTES,
    min: 0,
    max: MAX_PAYLOAD_BYTES,
    unit: 'bytes',
    meaning: 'Payload of one task.',
  },
  shortestIntervalMs: {
    default: MIN_REPEAT_INTERVAL_MS,
    min: MIN_REPEAT_INTERVAL_MS,
    max: MAX_DELAY_MS,
    unit: 'ms',
    meaning: 'Shortest interval of a recurring task.',
  },
  connections: {
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    meaning: 'Connections over TCP that one client may have open at one gateway.',
  },
  connectionsPerSecond: {
    default: 100,
    min: 1,
    max: 1_000_000,
    unit: 'connections a second',
    meaning:
      'Connections over TCP of one client that are served anew a second at one gateway; five seconds’ worth at once after a rest, more wait for their first answer.',
  },
} as const satisfies Readonly<Record<string, LimitTraits>>;

export type LimitName = keyof typeof CLIENT_LIMITS;
export type ClientLimits = Readonly<Record<LimitName, number>>;

export const LIMIT_NAMES = Object.keys(CLIENT_LIMITS) as LimitName[];

/** Whether a client may be given that limit. */
export function isLimitValue(name: LimitName, value: number): boolean {
  const { min, max } = CLIENT_LIMITS[name];
  return Number.isSafeInteger(value) && value >= min && value <= max;
}

import { LATEST_TIME_MS } from '../latest-time.js';
import type { DeliveryPolicy } from '../policy/delivery-policy.js';
import type { AttemptFailure } from './attempt.js';
import type { ErrorClass } from './error-class.js';
import { MAX_PARTITIONS } from './task-id.js';

/** An occurrence whose attempts are exhausted. */
export interface DeadLetter {
  /** As `formatDeadLetterId` writes it. */
  readonly id: string;
  readonly taskId: string;
  readonly clientId: string;
  readonly occurrence: number;
  readonly attempts: number;
  /** When the occurrence was due at first, Unix epoch ms. */
  readonly scheduledTimeMs: number;
  /** When it became a dead letter, Unix epoch ms by Redis's clock. */
  readonly deadLetteredAtMs: number;
  /** What its last attempt met. */
  readonly errorClass: ErrorClass;
  readonly history: readonly AttemptFailure[];
  /** Its `dlq.destination` is the bucket that the letter is in. */
  readonly policy: DeliveryPolicy;
  /** Id of the dead letter that its task was a replay of. */
  readonly replayOf: string | undefined;
  readonly payloadBytes: number;
  /** Empty unless it was asked for. */
  readonly payload: Uint8Array;
}

/** Where a dead letter stands. */
export interface DeadLetterPosition {
  readonly partition: number;
  /** The two numbers of its id in the partition's DLQ stream; the first is the Unix epoch ms at which it came. */
  readonly ms: number;
  readonly sequence: number;
}

const ID = /^(\d{1,4})-(\d{1,15})-(\d{1,15})$/;

/** `<partition>-<ms>-<sequence>`; opaque to clients. */
export function formatDeadLetterId({ partition, ms, sequence }: DeadLetterPosition): string {
  return `${partition}-${ms}-${sequence}`;
}

/** Undefined if `text` can't be a dead letter's id. */
export function parseDeadLetterId(text: string): DeadLetterPosition | undefined {
  const [, partition, ms, sequence] = ID.exec(text) ?? [];
  if (!sequence) return undefined;
  const position = { partition: Number(partition), ms: Number(ms), sequence: Number(sequence) };
  return position.partition < MAX_PARTITIONS && position.ms <= LATEST_TIME_MS ? position : undefined;
}

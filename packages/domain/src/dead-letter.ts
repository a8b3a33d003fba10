import type { AttemptFailure } from './attempt.js';
import type { DeliveryPolicy } from './delivery-policy.js';

/** An occurrence whose attempts are exhausted. */
export interface DeadLetter {
  /** Position in its partition's DLQ stream. */
  readonly entryId: string;
  readonly partition: number;
  readonly taskId: string;
  readonly clientId: string;
  readonly bucket: string;
  readonly occurrence: number;
  readonly attempts: number;
  readonly scheduledTimeMs: number;
  readonly deadLetteredAtMs: number;
  readonly payload: Uint8Array;
  readonly policy: DeliveryPolicy;
  readonly history: readonly AttemptFailure[];
}

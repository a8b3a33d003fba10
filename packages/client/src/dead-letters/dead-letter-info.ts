import {
  type BackoffStrategy,
  type CallbackProtocol,
  type ErrorClass,
  errorClassOf,
} from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { type AttemptInfo, toAttemptInfo } from '../session/attempt-info.js';

/** A dead letter as the service tells it. */
export interface DeadLetterInfo {
  readonly deadLetterId: string;
  readonly taskId: string;
  readonly clientId: string;
  readonly bucket: string;
  readonly occurrence: number;
  /** How many were made. */
  readonly attempts: number;
  /** When the occurrence was due, Unix epoch ms. */
  readonly scheduledTimeMs: number;
  /** Unix epoch ms. */
  readonly deadLetteredAtMs: number;
  /** What the last attempt met; undefined if this version doesn't know it. */
  readonly errorClass: ErrorClass | undefined;
  /** The oldest first; at most 20. */
  readonly history: readonly AttemptInfo[];
  readonly callback: { readonly protocol: CallbackProtocol; readonly endpoint: string };
  readonly retry: {
    readonly maxAttempts: number;
    readonly strategy: BackoffStrategy;
    readonly intervalMs: number;
    readonly maxIntervalMs: number;
  };
  /** The dead letter that its task was a replay of. */
  readonly replayOf: string | undefined;
  readonly payloadBytes: number;
  /** Empty unless it was asked for. */
  readonly payload: Uint8Array;
}

const { Protocol } = boomerang.CallbackConfig;
const { BackoffStrategy: Strategy } = boomerang.RetryPolicy;

export function toDeadLetterInfo(wire: boomerang.DeadLetter.$Properties): DeadLetterInfo {
  return {
    deadLetterId: wire.deadLetterId ?? '',
    taskId: wire.taskId ?? '',
    clientId: wire.clientId ?? '',
    bucket: wire.dlq?.destination ?? '',
    occurrence: wire.occurrence ?? 0,
    attempts: wire.attempts ?? 0,
    scheduledTimeMs: wire.scheduledTimeMs ?? 0,
    deadLetteredAtMs: wire.deadLetteredAtMs ?? 0,
    errorClass: errorClassOf(wire.errorClass ?? 0),
    history: (wire.history ?? []).map(toAttemptInfo),
    callback: {
      protocol: Protocol[wire.callback?.protocol ?? 0] as CallbackProtocol,
      endpoint: wire.callback?.endpoint ?? '',
    },
    retry: {
      maxAttempts: wire.retry?.maxAttempts ?? 0,
      strategy: Strategy[wire.retry?.strategy ?? 0] as BackoffStrategy,
      intervalMs: wire.retry?.intervalMs ?? 0,
      maxIntervalMs: wire.retry?.maxIntervalMs ?? 0,
    },
    replayOf: wire.replayOf || undefined,
    payloadBytes: wire.payloadBytes ?? 0,
    payload: wire.payload ?? new Uint8Array(),
  };
}

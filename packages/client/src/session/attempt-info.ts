import {
  type AttemptRecord,
  ERROR_CLASSES,
  type ErrorClass,
  outcomeNumber,
  outcomeOf,
} from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import { checkOneOf } from '../arguments/check-values.js';

/** An attempt that is over. */
export interface AttemptInfo {
  /** From 1. */
  readonly occurrence: number;
  /** From 1. */
  readonly attempt: number;
  /** Unix epoch ms at which it was over. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Undefined if the service says something that this release doesn't know. */
  readonly outcome: AttemptRecord['outcome'] | undefined;
  /** What went wrong; empty if nothing did. */
  readonly error: string;
}

export function toAttemptInfo(record: boomerang.AttemptRecord.$Properties): AttemptInfo {
  return {
    occurrence: record.occurrence ?? 0,
    attempt: record.attempt ?? 0,
    atMs: record.atMs ?? 0,
    durationMs: record.durationMs ?? 0,
    outcome: outcomeOf(record.outcome ?? 0),
    error: record.error ?? '',
  };
}

/** @throws BoomerangClientError `INVALID_REQUEST` for what is no error class: it would mean any. */
export function errorClassToWire(field: string, errorClass: ErrorClass): boomerang.AttemptRecord.Outcome {
  return outcomeNumber(checkOneOf(field, errorClass, ERROR_CLASSES));
}

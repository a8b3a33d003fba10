import { type AttemptRecord, ERROR_CLASSES, type ErrorClass } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
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

const { Outcome } = boomerang.AttemptRecord;

const OUTCOMES: Partial<Record<number, AttemptRecord['outcome']>> = {
  [Outcome.DELIVERED]: 'delivered',
  [Outcome.SENT]: 'sent',
  [Outcome.STOPPED]: 'stop',
  [Outcome.CONNECT]: 'connect',
  [Outcome.TIMEOUT]: 'timeout',
  [Outcome.RESET]: 'reset',
  [Outcome.PROTOCOL]: 'protocol',
  [Outcome.REJECTED]: 'rejected',
  [Outcome.ADDRESS]: 'address',
  [Outcome.UNSENDABLE]: 'unsendable',
  [Outcome.LOST]: 'lost',
};

export function toAttemptInfo(record: boomerang.AttemptRecord.$Properties): AttemptInfo {
  return {
    occurrence: record.occurrence ?? 0,
    attempt: record.attempt ?? 0,
    atMs: record.atMs ?? 0,
    durationMs: record.durationMs ?? 0,
    outcome: OUTCOMES[record.outcome ?? 0],
    error: record.error ?? '',
  };
}

/** Undefined for what is no failure that this release knows. */
export function errorClassOf(outcome: number | null | undefined): ErrorClass | undefined {
  return ERROR_CLASSES.find((errorClass) => errorClass === OUTCOMES[outcome ?? 0]);
}

/** @throws BoomerangClientError `INVALID_REQUEST` for what is no error class: it would mean any. */
export function errorClassToWire(field: string, errorClass: ErrorClass): boomerang.AttemptRecord.Outcome {
  const name = checkOneOf(field, errorClass, ERROR_CLASSES).toUpperCase();
  return Outcome[name as Uppercase<ErrorClass>];
}

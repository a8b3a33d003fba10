import { checkOptions, requireObject } from '../arguments/check-options.js';
import { checkWhole } from '../arguments/check-values.js';
import { invalidArgument, unusable } from '../arguments/invalid-argument.js';

const FIELD = 'what onCallback returned';
const ALLOWED = "nothing, 'OK', { error, retryAfterMs? }, { deadLetter } or { stop: true }";
const HTTP_ALLOWED = `${ALLOWED}, or { httpStatus }`;
const PAUSE = { least: 1, most: Number.MAX_SAFE_INTEGER, unit: 'milliseconds' };
const STATUS = { least: 200, most: 599 };

// Both throw a BoomerangClientError `INVALID_REQUEST` for what is no verdict. Its message is what the callback then fails
// with, and stands in the attempt's history.

export function checkVerdict(verdict: unknown): void {
  if (verdict === undefined || verdict === 'OK') return;
  requireObject(FIELD, verdict, ALLOWED);
  if ('error' in verdict) checkError(verdict);
  else if ('deadLetter' in verdict) checkDeadLetter(verdict);
  else if (!('stop' in verdict) || verdict.stop !== true)
    throw invalidArgument(FIELD, 'it says nothing', ALLOWED);
  else checkOptions(FIELD, verdict, { stop: true });
}

/** @returns the bare status that an HTTP handler asks for; undefined where it asks for none. */
export function httpStatusOf(verdict: unknown): number | undefined {
  if (verdict === undefined || verdict === 'OK') return undefined;
  requireObject(FIELD, verdict, HTTP_ALLOWED);
  if (!('httpStatus' in verdict)) return undefined;
  checkOptions(FIELD, verdict, { httpStatus: true });
  return checkWhole('httpStatus', verdict.httpStatus as number, STATUS);
}

function checkError(verdict: { readonly error: unknown; readonly retryAfterMs?: unknown }): void {
  checkOptions(FIELD, verdict, { error: true, retryAfterMs: true });
  const { error, retryAfterMs } = verdict;
  if (typeof error !== 'string') throw unusable('error', error, 'a text');
  if (retryAfterMs === undefined) return;
  // The failure itself must not get lost over the pause.
  checkWhole(`${error}; besides, retryAfterMs`, retryAfterMs as number, PAUSE);
}

function checkDeadLetter(verdict: { readonly deadLetter: unknown }): void {
  checkOptions(FIELD, verdict, { deadLetter: true });
  if (typeof verdict.deadLetter !== 'string') throw unusable('deadLetter', verdict.deadLetter, 'a text');
}

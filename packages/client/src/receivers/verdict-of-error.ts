import { DeadLetter, RetryAfter, StopRecurrence } from './verdict-errors.js';

/** What a handler's failure is answered with. */
export type FailureVerdict =
  | { readonly error: string; readonly retryAfterMs?: number }
  | { readonly deadLetter: string }
  | { readonly stop: true };

export function verdictOfError(error: unknown): FailureVerdict {
  if (error instanceof StopRecurrence) return { stop: true };
  if (error instanceof DeadLetter) return { deadLetter: error.message };
  if (error instanceof RetryAfter) return { error: error.message, retryAfterMs: error.pauseMs };
  return { error: error instanceof Error ? error.message : String(error) };
}

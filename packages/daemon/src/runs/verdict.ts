import type { VerdictBy } from '../engines/engine.js';
import type { EngineEnd } from '../guard/guard-messages.js';
import type { FinalMessage } from './final-message.js';

export interface Verdict {
  readonly status: 'completed' | 'failed' | 'canceled';
  /** Why, for people; '' when it completed. */
  readonly error: string;
}

/**
 * Joins exit code and final message: an engine of today exits with 0 for a play that failed, and for one that a signal ended
 * without a word. Whoever cancelled it knows it was cancelled.
 *
 * @param reason why it was ended, where somebody did.
 */
export function judge(
  by: VerdictBy,
  end: EngineEnd,
  final: FinalMessage | undefined,
  reason: string,
): Verdict {
  if (end.cause === 'cancelled') return { status: 'canceled', error: reason || 'cancelled' };
  const problem = problemOf(by, end, final);
  return problem === undefined ? { status: 'completed', error: '' } : { status: 'failed', error: problem };
}

function problemOf(by: VerdictBy, end: EngineEnd, final: FinalMessage | undefined): string | undefined {
  const { cause, exitCode, signal, error, durationMs } = end;
  if (cause === 'spawn') return `the engine could not be started: ${error}`;
  if (cause === 'never') return `the engine was not started: ${error}`;
  if (cause === 'timeout') return `it was ended after ${durationMs} ms: its time was over`;
  if (cause === 'lease') return 'it was ended, because its lease could not be renewed';
  if (cause === 'drain') return 'it was ended, because the daemon stops';
  if (cause === 'lost') return 'its guard is gone, so how it ended is not known';
  const told = final && !final.succeeded ? final.error || 'the play failed' : '';
  if (signal !== null) return join(told, `the engine was ended by ${signal}`);
  if (exitCode !== 0) return join(told, `the engine ended with exit code ${exitCode}`);
  if (by === 'exit_code') return undefined;
  if (!final) return 'the engine ended without saying how the play ended';
  return final.succeeded ? undefined : told;
}

function join(one: string, other: string): string {
  return one === '' ? other : `${one} (${other})`;
}

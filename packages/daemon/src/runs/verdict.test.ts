import { expect, test } from 'vitest';
import type { EngineEnd } from '../guard/guard-messages.js';
import { judge } from './verdict.js';

const END: EngineEnd = {
  cause: 'exit',
  exitCode: 0,
  signal: null,
  error: '',
  startedAtMs: 0,
  endedAtMs: 5,
  durationMs: 5,
  cpuMs: 0,
  peakMemoryBytes: 0,
  outputBytes: 0,
  tail: '',
  reports: 0,
};
const GOOD = { succeeded: true, error: '' };
const BAD = { succeeded: false, error: 'step 3 failed' };

test.each([
  ['message', END, GOOD, 'completed', ''],
  ['message', END, BAD, 'failed', 'step 3 failed'],
  ['message', END, undefined, 'failed', 'the engine ended without saying how the play ended'],
  ['message', { ...END, exitCode: 1 }, GOOD, 'failed', 'the engine ended with exit code 1'],
  ['message', { ...END, exitCode: 1 }, BAD, 'failed', 'step 3 failed (the engine ended with exit code 1)'],
  ['message', { ...END, exitCode: 1 }, undefined, 'failed', 'the engine ended with exit code 1'],
  [
    'message',
    { ...END, exitCode: null, signal: 'SIGKILL' },
    GOOD,
    'failed',
    'the engine was ended by SIGKILL',
  ],
  ['exit_code', END, undefined, 'completed', ''],
  ['exit_code', { ...END, exitCode: 3 }, undefined, 'failed', 'the engine ended with exit code 3'],
  ['message', { ...END, cause: 'cancelled' }, undefined, 'canceled', 'because'],
  ['message', { ...END, cause: 'timeout' }, GOOD, 'failed', 'it was ended after 5 ms: its time was over'],
  [
    'message',
    { ...END, cause: 'lease' },
    GOOD,
    'failed',
    'it was ended, because its lease could not be renewed',
  ],
  [
    'exit_code',
    { ...END, cause: 'lost', exitCode: null },
    undefined,
    'failed',
    'its guard is gone, so how it ended is not known',
  ],
] as const)('by %s, %j with the final message %j is %s', (by, end, final, status, error) => {
  expect(judge(by, end, final, 'because')).toEqual({ status, error });
});

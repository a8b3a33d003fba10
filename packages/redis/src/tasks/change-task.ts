import type { ChangeRefusal, ChangeResult, TaskChange } from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import { NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument } from '../engine/scripts.js';
import { endState } from '../layout/task-state-codes.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** By the numbers of `scripts/lib/change-task.lua`, from 1. */
const REFUSALS: readonly ChangeRefusal[] = [
  'begun',
  'paused',
  'execution',
  'once',
  'recurs',
  'calendar',
  'datagram',
];

/** Where a task is, and whose. */
export interface TaskPlace {
  readonly keys: PartitionKeys | undefined;
  readonly clientId: string;
  readonly taskId: string;
}

/** Runs one of the scripts that change a task which has not ended. */
export async function changeTask(
  run: RunScript,
  sliceMs: number,
  script: 'reschedule' | 'pause' | 'resume' | 'fire',
  { keys, clientId, taskId }: TaskPlace,
  further: readonly ScriptArgument[] = [],
): Promise<ChangeResult> {
  if (!keys) return { kind: 'not_found' };
  const args = [sliceMs, NOTICE_MS, taskId, clientId, ...further];
  return resultOf((await unwrapRedisErrors(run(script, keys, args))) as number[]);
}

function resultOf([code, first = 0, dueMs = 0, underWay]: readonly number[]): ChangeResult {
  if (code === undefined) return { kind: 'not_found' };
  if (code > 0) return { kind: 'ended', state: endState(code) };
  if (code < 0) return { kind: 'refused', why: REFUSALS[first - 1] as ChangeRefusal };
  return { kind: 'done', occurrence: first, dueMs, attemptUnderWay: underWay === 1 };
}

/** What `reschedule.lua` takes. */
export function changeArguments(change: TaskChange, mostOverUdp: number): ScriptArgument[] {
  const { delayMs = '', atMs = '', repeatIntervalMs = '', newPhase, payload } = change;
  const bytes = payload ? Buffer.from(payload.buffer, payload.byteOffset, payload.length) : '';
  return [
    delayMs,
    atMs,
    repeatIntervalMs,
    Number(newPhase),
    Number(payload !== undefined),
    bytes,
    mostOverUdp,
  ];
}

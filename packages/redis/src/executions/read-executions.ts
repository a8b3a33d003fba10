import {
  BoomerangError,
  type ExecutionDetails,
  type ExecutionProgress,
  type ExecutionReport,
  type ExecutionState,
  partitionOf,
  waitingForTasks,
} from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { decodeExecutionContent, decodeExecutionPart } from '../layout/execution-codec.js';
import { inShares } from '../partitions/in-shares.js';
import type { PartitionMap } from '../partitions/partition-map.js';

const WAITS = 22;
/** Where a task stands, as the scripts number it. */
export const EXECUTION_STATES_BY_CODE: ReadonlyMap<number, ExecutionState> = new Map([
  [0, 'scheduled'],
  [1, 'retrying'],
  [2, 'ready'],
  [3, 'assigned'],
  [20, 'running'],
  [21, 'cancelling'],
  [WAITS, 'waiting'],
  [4, 'completed'],
  [5, 'failed'],
  [6, 'cancelled'],
  [7, 'expired'],
]);
const TOO_NEW = -2;
const TOO_MUCH = -1;

export type ReadExecution = ExecutionDetails | 'not_found' | 'too_much';

/** Tasks of a client by their ids, '' among them for none; in each partition as many as fit into `mostBytes`. */
export function readExecutions(
  run: RunScript,
  map: PartitionMap,
  clientId: string,
  ids: readonly string[],
  mostBytes: number,
): Promise<(ReadExecution | BoomerangError)[]> {
  // Of many tasks only how many others each waits for.
  const withNames = ids.length === 1 ? 1 : 0;
  return inShares(
    ids,
    (id) => partitionOf(id) ?? -1,
    async (partition, share): Promise<(ReadExecution | BoomerangError)[]> => {
      const keys = await map.find(partition);
      if (!keys) return share.map(() => 'not_found');
      const tasks = (await run('read-executions', keys, [
        clientId,
        mostBytes,
        withNames,
        ...share,
      ])) as ReadTask[];
      return tasks.map((task, i) => decodeTask(share[i] as string, task));
    },
  );
}

export function writtenByNewerRelease(): BoomerangError {
  return new BoomerangError('unavailable', 'the task was written by a newer release than this one');
}

type ReadTask = [] | [note: number] | KnownTask;
type KnownTask = [state: number, part: Buffer, content: Buffer, ...rest: (Buffer | number)[]];

function decodeTask(id: string, task: ReadTask): ReadExecution | BoomerangError {
  const [state] = task;
  if (state === undefined) return 'not_found';
  if (state === TOO_MUCH) return 'too_much';
  if (state === TOO_NEW) return writtenByNewerRelease();
  return detailsOf(id, task as KnownTask);
}

function detailsOf(taskId: string, [state, part, content, ...rest]: KnownTask): ExecutionDetails {
  const [started = '', updated = '', ended = '', progress = '', report = '', waits = '0', ...names] =
    rest.map(String);
  const createdAtMs = Number.parseInt(taskId.slice(0, 8) + taskId.slice(9, 13), 16);
  const known = report === '' ? undefined : (JSON.parse(report) as ExecutionReport);
  const { priority, type, name } = decodeExecutionPart(part);
  const time = (text: string) => (text === '' ? undefined : Number(text));
  const standing = standingOf(state, known);
  return {
    taskId,
    name,
    type,
    priority,
    state: standing,
    payload: decodeExecutionContent(content).payload,
    progress: standing === 'completed' ? 100 : percentOf(progress),
    result: known?.result ?? {},
    error: known?.error ?? '',
    waitingFor: state === WAITS ? waitingForTasks(Number(waits), names) : '',
    createdAtMs,
    updatedAtMs: time(updated) ?? createdAtMs,
    startedAtMs: time(started),
    completedAtMs: state >= 4 && state < 20 ? time(ended) : undefined,
  };
}

/** That its last execution ran too long is said by its report. */
function standingOf(state: number, report: ExecutionReport | undefined): ExecutionState {
  const standing = EXECUTION_STATES_BY_CODE.get(state) ?? 'scheduled';
  return standing === 'failed' && report?.timedOut ? 'timed_out' : standing;
}

function percentOf(progress: string): number {
  return progress === '' ? 0 : Math.max(0, (JSON.parse(progress) as ExecutionProgress).percent);
}

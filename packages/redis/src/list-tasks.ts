import {
  partitionOf,
  type TaskCursor,
  type TaskDetails,
  type TaskFilter,
  type TaskPage,
} from '@boomerang/domain';
import type { PartitionKeys } from './keys.js';
import { readTasks } from './read-tasks.js';
import type { RunScript } from './scripts.js';

/** A page's payloads stay below this, so that it fits a frame; a single task may exceed it. */
const MOST_BYTES = 900_000;
/** Index entries that one page looks at per partition, when a filter leaves most of them out. */
const MOST_LOOKS = 10_000;

/**
 * A page of a client's tasks over all partitions. All partitions share one order (due time, then id), so the cursor is a
 * single position: a partition that was not looked at to the end bounds the page for all.
 */
export async function listTasks(
  run: RunScript,
  partitions: readonly PartitionKeys[],
  clientId: string,
  filter: TaskFilter,
  limit: number,
  after: TaskCursor | undefined,
): Promise<TaskPage> {
  const args = [
    clientId,
    filter.scheduledAfterMs,
    filter.scheduledBeforeMs,
    after?.dueMs ?? 0,
    after?.taskId ?? '',
    filter.recurring === undefined ? '' : Number(filter.recurring),
    limit,
    MOST_LOOKS,
  ];
  const pages = await Promise.all(
    partitions.map(async (keys) => parsePage((await run('list-page', keys, args)) as PageReply)),
  );
  const bound = pages.flatMap(({ stoppedAt }) => stoppedAt ?? []).sort(compare)[0];
  const found = pages.flatMap(({ found }) => found).filter((at) => !bound || compare(at, bound) <= 0);
  const chosen = found.sort(compare).slice(0, limit);
  const tasks = await readAcross(run, partitions, clientId, chosen);
  const last = chosen[tasks.read - 1] ?? bound;
  const more = tasks.read < found.length || bound !== undefined;
  return { tasks: tasks.details, next: more ? last : undefined };
}

type PageReply = [done: number, ...(number | Buffer)[]];

function parsePage([done, ...rest]: PageReply): { found: TaskCursor[]; stoppedAt: TaskCursor | undefined } {
  const found: TaskCursor[] = [];
  for (let i = 0; i < rest.length; i += 2) {
    found.push({ dueMs: Number(String(rest[i])), taskId: String(rest[i + 1]) });
  }
  return { found, stoppedAt: done === 0 ? found.pop() : undefined };
}

function compare(a: TaskCursor, b: TaskCursor): number {
  return a.dueMs - b.dueMs || (a.taskId < b.taskId ? -1 : a.taskId > b.taskId ? 1 : 0);
}

/** Details of `chosen` in their order until the page is full; `read` counts also those that ended in the meantime. */
async function readAcross(
  run: RunScript,
  partitions: readonly PartitionKeys[],
  clientId: string,
  chosen: readonly TaskCursor[],
): Promise<{ details: TaskDetails[]; read: number }> {
  const idsOf = new Map<number, string[]>();
  for (const { taskId } of chosen) {
    const partition = partitionOf(taskId) as number;
    idsOf.set(partition, [...(idsOf.get(partition) ?? []), taskId]);
  }
  const known = new Map<string, TaskDetails | undefined>();
  await Promise.all(
    [...idsOf].map(async ([partition, ids]) => {
      const tasks = await readTasks(run, partitions[partition] as PartitionKeys, clientId, ids, PAGE);
      tasks.forEach((task, i) => {
        known.set(ids[i] as string, task);
      });
    }),
  );
  const details: TaskDetails[] = [];
  let bytes = 0;
  let read = 0;
  for (const { taskId } of chosen) {
    if (!known.has(taskId)) break;
    const task = known.get(taskId);
    bytes += task ? task.payload.length + (task.waitingFor ? WAITING_FOR_BYTES : 0) : 0;
    if (bytes > MOST_BYTES && read > 0) break;
    read++;
    if (task && !ENDED.has(task.state)) details.push(task);
  }
  return { details, read };
}

const PAGE = { mostBytes: MOST_BYTES, withAttempts: false };
/** What a task waits for, as text, at most. */
const WAITING_FOR_BYTES = 400;
const ENDED: ReadonlySet<string> = new Set(['delivered', 'dead_lettered', 'cancelled', 'expired', 'sent']);

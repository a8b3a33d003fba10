import {
  partitionOf,
  type TaskCursor,
  type TaskDetails,
  type TaskFilter,
  type TaskPage,
} from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { mapByPartition } from '../partitions/by-partition.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { mergePages, type PartitionPage } from '../partitions/merge-pages.js';
import { readTasks } from './read-tasks.js';

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
    filter.tag ?? '',
  ];
  const pages = await Promise.all(
    partitions.map(async (keys) => parsePage((await run('list-page', keys, args)) as PageReply)),
  );
  const { chosen, end } = mergePages(pages, compare, limit);
  const { details, read } = await readAcross(run, partitions, clientId, chosen);
  return { tasks: details, next: read < chosen.length ? chosen[read - 1] : end };
}

type PageReply = [done: number, ...(number | Buffer)[]];

function parsePage([done, ...rest]: PageReply): PartitionPage<TaskCursor> {
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
  const found = await mapByPartition(
    chosen.map(({ taskId }) => taskId),
    (taskId) => partitionOf(taskId) as number,
    async (partition, ids) => {
      const keys = partitions[partition] as PartitionKeys;
      const tasks = await readTasks(run, keys, clientId, ids, PAGE);
      return tasks.map((task) => ({ task }));
    },
  );
  const details: TaskDetails[] = [];
  let bytes = 0;
  let read = 0;
  for (const one of found) {
    bytes += one?.task ? bytesOf(one.task) : 0;
    if (!one || (bytes > MOST_BYTES && read > 0)) break;
    read++;
    if (one.task && !ENDED.has(one.task.state)) details.push(one.task);
  }
  return { details, read };
}

function bytesOf({ payload, waitingFor }: TaskDetails): number {
  const endpoint = waitingFor && 'endpoint' in waitingFor ? waitingFor.endpoint : '';
  return payload.length + (waitingFor ? WAITING_FOR_BYTES + endpoint.length : 0);
}

const PAGE = { mostBytes: MOST_BYTES, withAttempts: false };
/** Longest text of what a task waits for, without the endpoint's name. */
const WAITING_FOR_BYTES = 150;
const ENDED: ReadonlySet<string> = new Set(['delivered', 'dead_lettered', 'cancelled', 'expired', 'sent']);

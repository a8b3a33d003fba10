import {
  BoomerangError,
  createTaskId,
  EXECUTION_STATUSES,
  type ExecutionDetails,
  type ExecutionFilter,
  type ExecutionProgress,
  type ExecutionReport,
  type ExecutionState,
  type ExecutionStore,
  type OutputRange,
  partitionOf,
  type Submission,
  type SubmittedTask,
  waitingForDaemon,
} from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import { NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript } from '../engine/scripts.js';
import {
  decodeExecutionContent,
  decodeExecutionPart,
  EXECUTION_PART,
  encodeExecutionContent,
  encodeExecutionPart,
} from '../layout/execution-codec.js';
import { encodePolicy } from '../layout/policy-codec.js';
import { encodeParts, expiryPart, tagsPart } from '../layout/record-parts.js';
import { nameOf } from '../names/name-of.js';
import type { NamedSettings } from '../names/named-registrar.js';
import { type ReservedTask, reserveNames } from '../names/reserve-names.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { takeTurns } from '../partitions/take-turns.js';
import { listDaemons } from './list-daemons.js';
import { readOutput } from './read-output.js';
import { submissionFingerprint } from './submission-fingerprint.js';

/** Where a task stands, as the scripts number it. */
const STATES: ReadonlyMap<number, ExecutionState> = new Map([
  [0, 'scheduled'],
  [1, 'retrying'],
  [2, 'ready'],
  [3, 'assigned'],
  [20, 'running'],
  [21, 'cancelling'],
  [4, 'completed'],
  [5, 'failed'],
  [6, 'cancelled'],
  [7, 'expired'],
]);
const CANCELLED_STATE = 6;

export function createExecutionStore(
  run: RunScript,
  map: PartitionMap,
  settings: NamedSettings,
): ExecutionStore {
  const nextPartition = takeTurns(map.written.length);
  const nameFor = (clientId: string, name: string) => nameOf(clientId, name, map.oldest, 'spage task');

  async function submit(
    clientId: string,
    submission: Submission,
    signal?: AbortSignal,
  ): Promise<SubmittedTask> {
    const newId = createTaskId(nextPartition(), Date.now());
    const { taskId, registerByMs } =
      submission.name === ''
        ? { taskId: newId, registerByMs: '' }
        : await reserve(clientId, submission, newId);
    requireWanted(signal);
    const { firstDue, repeatIntervalMs, tags } = submission;
    const parts = encodeParts([
      [EXECUTION_PART, encodeExecutionPart(submission)],
      ...expiryPart(submission.expiresAfterMs),
      ...tagsPart(tags),
    ]);
    const { hash, json } = encodePolicy(submission.policy);
    const args = [
      ...[settings.sliceMs, NOTICE_MS, taskId],
      ...('atMs' in firstDue ? ['', firstDue.atMs] : [firstDue.delayMs, '']),
      ...[repeatIntervalMs, clientId, hash, json],
      ...[parts, encodeExecutionContent(submission), registerByMs],
    ];
    // Another gateway may have reserved the name that writes to more partitions.
    const keys = (await map.find(partitionOf(taskId))) as PartitionKeys;
    const dueMs = await run('submit', keys, args);
    if (typeof dueMs === 'number') return { taskId, dueMs };
    throw new BoomerangError(
      'unavailable',
      'the submission took minutes and was given up; nothing was registered',
    );
  }

  /** The task that the client's own name stands for: this one, unless the name was used before. */
  async function reserve(clientId: string, submission: Submission, taskId: string): Promise<ReservedTask> {
    const { text, home } = nameFor(clientId, submission.name);
    const fingerprint = submissionFingerprint(settings.keyPepper, submission);
    const request = { name: text, fingerprint, taskId, lifetimeMs: settings.idempotencyRetentionMs };
    const [reserved] = await reserveNames(run, map.written[home] as PartitionKeys, [request]);
    if (reserved && !(reserved instanceof BoomerangError)) return reserved;
    throw new BoomerangError(
      'conflict',
      (spell) => `${spell('taskId')}: it names another task already; take another one`,
      {
        field: 'taskId',
      },
    );
  }

  /** A task by its client's own name, or by its id; '' = there is none. */
  async function find(clientId: string, name: string): Promise<string> {
    const { text, home } = nameFor(clientId, name);
    const named = String(await run('find-named', map.written[home] as PartitionKeys, [text]));
    return named === '' && partitionOf(name) !== undefined ? name : named;
  }

  async function read(clientId: string, ids: readonly string[]): Promise<(ExecutionDetails | undefined)[]> {
    const found = await Promise.all(
      ids.map(async (id) => {
        const keys = await map.find(partitionOf(id));
        if (!keys) return undefined;
        const [task] = (await run('read-executions', keys, [clientId, id])) as ReadTask[];
        return task && task.length > 0 ? detailsOf(id, task as Exclude<ReadTask, []>) : undefined;
      }),
    );
    return found;
  }

  async function get(
    clientId: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<ExecutionDetails | undefined> {
    const taskId = await find(clientId, name);
    requireWanted(signal);
    const [task] = await read(clientId, [taskId]);
    if (task?.state !== 'ready') return task;
    return { ...task, waitingFor: waitingForDaemon(task.type, await listDaemons(run, map, clientId)) };
  }

  async function output(clientId: string, name: string, range: OutputRange, signal?: AbortSignal) {
    const taskId = await find(clientId, name);
    requireWanted(signal);
    return readOutput(run, map, clientId, taskId, range);
  }

  async function cancel(clientId: string, name: string, reason: string, signal?: AbortSignal) {
    const taskId = await find(clientId, name);
    requireWanted(signal);
    const keys = await map.find(partitionOf(taskId));
    if (!keys) return { kind: 'not_found' } as const;
    const [state] = (await run('cancel-execution', keys, [clientId, taskId, reason])) as number[];
    if (state === undefined) return { kind: 'not_found' } as const;
    if (state === 0) return { kind: 'cancelled' } as const;
    if (state === 1) return { kind: 'cancelling' } as const;
    if (state === CANCELLED_STATE) return { kind: 'cancelled' } as const;
    return { kind: 'ended', state: STATES.get(state) as 'completed' } as const;
  }

  async function list(
    clientId: string,
    { status, type }: ExecutionFilter,
    limit: number,
    offset: number,
    signal?: AbortSignal,
  ) {
    const statuses = status === undefined ? EXECUTION_STATUSES.join(' ') : status;
    const pages = await Promise.all(
      (await map.all()).map(
        async (keys) =>
          (await run('list-executions', keys, [clientId, type, statuses, offset + limit])) as ListReply,
      ),
    );
    const total = pages.reduce((sum, [count]) => sum + count, 0);
    const newest = pages
      .flatMap(createdOf)
      .sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
    requireWanted(signal);
    const ids = newest.slice(offset, offset + limit).map(({ id }) => id);
    return { tasks: (await read(clientId, ids)).filter((task) => task !== undefined), total };
  }

  return {
    submit: (...asked) => unwrapRedisErrors(submit(...asked)),
    get: (...asked) => unwrapRedisErrors(get(...asked)),
    cancel: (...asked) => unwrapRedisErrors(cancel(...asked)),
    output: (...asked) => unwrapRedisErrors(output(...asked)),
    list: (...asked) => unwrapRedisErrors(list(...asked)),
  };
}

/** Before each further step. */
function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new BoomerangError('unavailable', 'nobody waits for it any more; nothing was changed');
}

type ReadTask = [] | [state: number, part: Buffer, content: Buffer, ...times: Buffer[]];
type ListReply = [total: number, ...(Buffer | number)[]];

function createdOf([, ...pairs]: ListReply): { createdMs: number; id: string }[] {
  const found = [];
  for (let i = 0; i < pairs.length; i += 2)
    found.push({ createdMs: Number(String(pairs[i])), id: String(pairs[i + 1]) });
  return found;
}

function detailsOf(taskId: string, [state, part, content, ...rest]: Exclude<ReadTask, []>): ExecutionDetails {
  const [started, updated, ended, progress, report] = rest.map(String) as [
    string,
    string,
    string,
    string,
    string,
  ];
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
    waitingFor: '',
    createdAtMs,
    updatedAtMs: time(updated) ?? createdAtMs,
    startedAtMs: time(started),
    completedAtMs: state >= 4 && state < 20 ? time(ended) : undefined,
  };
}

/** That its last execution ran too long is said by its report. */
function standingOf(state: number, report: ExecutionReport | undefined): ExecutionState {
  const standing = STATES.get(state) ?? 'scheduled';
  return standing === 'failed' && report?.timedOut ? 'timed_out' : standing;
}

function percentOf(progress: string): number {
  return progress === '' ? 0 : Math.max(0, (JSON.parse(progress) as ExecutionProgress).percent);
}

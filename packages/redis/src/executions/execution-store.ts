import {
  BoomerangError,
  type CancelExecutionRequest,
  type CancelExecutionResult,
  EXECUTION_STATUSES,
  type ExecutionDetails,
  type ExecutionFilter,
  type ExecutionStore,
  type OutputRange,
  type Submission,
  type SubmittedTask,
  waitingForDaemon,
} from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import type { RunScript } from '../engine/scripts.js';
import type { NamedSettings } from '../names/named-registrar.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { withoutErrors } from '../partitions/without-errors.js';
import { cancelExecutions } from './cancel-executions.js';
import { findExecutions } from './find-executions.js';
import { listDaemons } from './list-daemons.js';
import { type ReadExecution, readExecutions } from './read-executions.js';
import { readOutput } from './read-output.js';
import { ExecutionSubmitter } from './submit-executions.js';

export function createExecutionStore(
  run: RunScript,
  map: PartitionMap,
  settings: NamedSettings,
): ExecutionStore {
  const submitter = new ExecutionSubmitter(run, map, settings);

  async function submitAll(
    clientId: string,
    submissions: readonly Submission[],
    signal?: AbortSignal,
    refusedNames: ReadonlySet<string> = new Set(),
  ): Promise<(SubmittedTask | BoomerangError)[]> {
    return submitter.submit(clientId, submissions, refusedNames, () => requireWanted(signal));
  }

  async function find(clientId: string, name: string, signal?: AbortSignal): Promise<string> {
    const [taskId = ''] = await findExecutions(run, map, clientId, [name]);
    requireWanted(signal);
    return orThrow(taskId);
  }

  async function getAll(
    clientId: string,
    names: readonly string[],
    mostBytes: number,
    signal?: AbortSignal,
  ): Promise<(ReadExecution | BoomerangError)[]> {
    const found = await findExecutions(run, map, clientId, names);
    requireWanted(signal);
    const read = await withoutErrors(found, (ids) => readExecutions(run, map, clientId, ids, mostBytes));
    const waits = read.some((task) => isDetails(task) && task.state === 'ready');
    if (!waits) return read;
    const daemons = await listDaemons(run, map, clientId);
    return read.map((task) =>
      isDetails(task) && task.state === 'ready'
        ? { ...task, waitingFor: waitingForDaemon(task.type, daemons) }
        : task,
    );
  }

  async function get(
    clientId: string,
    name: string,
    signal?: AbortSignal,
  ): Promise<ExecutionDetails | undefined> {
    const [task] = await getAll(clientId, [name], Number.MAX_SAFE_INTEGER, signal);
    const known = orThrow(task as ReadExecution | BoomerangError);
    return isDetails(known) ? known : undefined;
  }

  async function output(clientId: string, name: string, range: OutputRange, signal?: AbortSignal) {
    return readOutput(run, map, clientId, await find(clientId, name, signal), range);
  }

  async function cancelAll(
    clientId: string,
    requests: readonly CancelExecutionRequest[],
    signal?: AbortSignal,
  ): Promise<(CancelExecutionResult | BoomerangError)[]> {
    const names = requests.map(({ name }) => name);
    const found = await findExecutions(run, map, clientId, names);
    requireWanted(signal);
    return withoutErrors(found, (ids, places) => {
      const byId = ids.map((name, i) => ({ name, reason: requests[places[i] as number]?.reason ?? '' }));
      return cancelExecutions(run, map, clientId, byId);
    });
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
    const read = await readExecutions(run, map, clientId, ids, Number.MAX_SAFE_INTEGER);
    return { tasks: read.map(orThrow).filter(isDetails), total };
  }

  return {
    submitAll: (...asked) => unwrapRedisErrors(submitAll(...asked)),
    submit: (clientId, submission, signal) =>
      unwrapRedisErrors(first(submitAll(clientId, [submission], signal))),
    getAll: (...asked) => unwrapRedisErrors(getAll(...asked)),
    get: (...asked) => unwrapRedisErrors(get(...asked)),
    cancelAll: (...asked) => unwrapRedisErrors(cancelAll(...asked)),
    cancel: (clientId, name, reason, signal) =>
      unwrapRedisErrors(first(cancelAll(clientId, [{ name, reason }], signal))),
    output: (...asked) => unwrapRedisErrors(output(...asked)),
    list: (...asked) => unwrapRedisErrors(list(...asked)),
  };
}

/** Before each further step. */
function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new BoomerangError('unavailable', 'nobody waits for it any more; nothing was changed');
}

async function first<T>(results: Promise<readonly (T | BoomerangError)[]>): Promise<T> {
  return orThrow((await results)[0] as T | BoomerangError);
}

function orThrow<T>(result: T | BoomerangError): T {
  if (result instanceof BoomerangError) throw result;
  return result;
}

function isDetails(task: ReadExecution | BoomerangError): task is ExecutionDetails {
  return typeof task === 'object' && !(task instanceof BoomerangError);
}

type ListReply = [total: number, ...(Buffer | number)[]];

function createdOf([, ...pairs]: ListReply): { createdMs: number; id: string }[] {
  const found = [];
  for (let i = 0; i < pairs.length; i += 2)
    found.push({ createdMs: Number(String(pairs[i])), id: String(pairs[i + 1]) });
  return found;
}

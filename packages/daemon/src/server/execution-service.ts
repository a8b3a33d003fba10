import { randomUUID } from 'node:crypto';
import { BoomerangError, quote } from '@boomerang/domain';
import { spage, spageExecutionService } from '@boomerang/protocol';
import { sampleMetrics } from '@boomerang/runtime';
import type { Server } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import type { LaunchRequest } from '../engines/plan-launch.js';
import type { Run } from '../runs/run.js';
import type { Runs } from '../runs/runs.js';
import { finalFromWire, stepFromProgress, stepFromWire } from '../runs/step-from-wire.js';
import { type CallDependencies, listening, unary } from './calls.js';

import { runToPlay, runToTask, timestamp } from './runs-on-wire.js';

const { TaskPriority } = spage.core;
type Core = typeof spage.core;
type Message<Name extends keyof Core> = Core[Name] extends abstract new (
  ...args: never
) => infer M
  ? M
  : never;

export interface ExecutionServiceDependencies extends CallDependencies {
  readonly runs: Runs;
  readonly prometheus: Registry;
  /** What the daemon has trouble with; undefined = nothing. */
  readonly trouble: () => string | undefined;
}

const NOTHING = { engine: '', type: '', executor: '', payload: {}, timeoutMs: 0 } as const;

/** Adds `spage.core.SpageExecution` to a server; its full name. */
export function addSpageExecution(server: Server, deps: ExecutionServiceDependencies): string {
  const { runs, prometheus, trouble } = deps;
  /** Play that a connection has registered last: the first engines don't name it with their steps. */
  const playOfPeer = new PeerPlays();

  function execute(request: LaunchRequest, priority: number) {
    return runs.execute(request, priority || TaskPriority.TASK_PRIORITY_NORMAL).about.id;
  }

  server.addService(spageExecutionService, {
    executeTask: unary('ExecuteTask', deps, (request: Message<'ExecuteTaskRequest'>) => {
      const { taskId, playbook, inventory, variables, engine, priority } = request;
      const id = requireId('task_id', taskId);
      return {
        success: true,
        taskId: execute({ ...NOTHING, id, engine, playbook, inventory, variables }, priority),
      };
    }),
    cancelTask: unary('CancelTask', deps, ({ taskId, reason }: Message<'CancelTaskRequest'>) => {
      runs.cancel(taskId, reason);
      return { success: true };
    }),
    getTaskStatus: unary('GetTaskStatus', deps, ({ taskId }: Message<'GetTaskStatusRequest'>) => ({
      task: runToTask(requireRun(runs, 'task_id', taskId)),
    })),
    registerTask: unary('RegisterTask', deps, (request: Message<'RegisterTaskRequest'>) => {
      const { taskId, playbook, inventory, variables, engine } = request;
      runs.observe(taskId, { playbook, inventory, variables, engine });
      return { success: true, taskId };
    }),
    streamProgress: listening('StreamProgress', deps, (update: Message<'ProgressUpdate'>) => {
      const step = stepFromProgress(update);
      if (step) runs.hearStep(update.taskId, step);
      else runs.observe(update.taskId);
      return update.taskId;
    }),

    executePlay: unary('ExecutePlay', deps, (request: Message<'ExecutePlayRequest'>) => {
      const { inventory, variables, executor, metadata } = request;
      const id = request.playId === '' ? randomUUID() : requireId('play_id', request.playId);
      const { engine = '' } = metadata;
      const playbook = playbookOf(request);
      return {
        success: true,
        playId: execute({ ...NOTHING, id, engine, playbook, inventory, variables, executor }, 0),
      };
    }),
    cancelPlay: unary('CancelPlay', deps, ({ playId, reason }: Message<'CancelPlayRequest'>) => {
      runs.cancel(playId, reason);
      return { success: true };
    }),
    getPlayStatus: unary('GetPlayStatus', deps, ({ playId }: Message<'GetPlayStatusRequest'>) => ({
      play: runToPlay(requireRun(runs, 'play_id', playId)),
    })),
    registerPlay: unary('RegisterPlay', deps, (request: Message<'RegisterPlayRequest'>, peer) => {
      const { playId, inventory, variables } = request;
      runs.observe(playId, { playbook: playbookOf(request), inventory, variables });
      playOfPeer.set(peer, playId);
      return { success: true, playId };
    }),
    registerPlayCompletion: unary(
      'RegisterPlayCompletion',
      deps,
      ({ playId, status, error }: Message<'RegisterPlayCompletionRequest'>) => {
        runs.hearFinal(playId, finalFromWire(status, error) ?? { succeeded: false, error });
        return { success: true };
      },
    ),
    streamPlayProgress: listening('StreamPlayProgress', deps, (update: Message<'PlayProgressUpdate'>) => {
      const { playId, status, error } = update;
      const final = finalFromWire(status, error);
      if (final) runs.hearFinal(playId, final);
      else runs.observe(playId);
      return playId;
    }),
    streamTaskProgress: listening(
      'StreamTaskProgress',
      deps,
      (update: Message<'TaskProgressUpdate'>, peer) => {
        const playId = update.playId || playOfPeer.get(peer);
        const step = stepFromWire(update);
        if (step) runs.hearStep(playId, step);
        else runs.observe(playId);
        return playId;
      },
    ),

    healthCheck: unary('HealthCheck', deps, () => {
      const problem = trouble();
      return {
        status: problem === undefined ? 'healthy' : 'degraded',
        message: problem ?? 'all is well',
        details: {
          engines: String(runs.slots.used),
          waiting: String(runs.slots.waiting),
        },
        timestamp: timestamp(Date.now()),
      };
    }),
    getMetrics: unary('GetMetrics', deps, async () => ({
      ...(await sampleMetrics(prometheus)),
      timestamp: timestamp(Date.now()),
    })),
  });
  return 'spage.core.SpageExecution';
}

/** Which play each connection speaks of; the newest so many. */
class PeerPlays {
  readonly #plays = new Map<string, string>();

  get(peer: string): string {
    return this.#plays.get(peer) ?? '';
  }

  set(peer: string, playId: string): void {
    this.#plays.delete(peer);
    this.#plays.set(peer, playId);
    const [oldest] = this.#plays.keys();
    if (this.#plays.size > MOST_PEERS && oldest !== undefined) this.#plays.delete(oldest);
  }
}

const MOST_PEERS = 1_000;
const ID = /^[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,127}$/;

/** An id becomes an argument of the engine. */
function requireId(field: string, id: string): string {
  if (ID.test(id)) return id;
  const allowed = '1 to 128 letters, digits, "_", ".", ":", "@" or "-", the first a letter, a digit or "_"';
  throw new BoomerangError('invalid_request', `${field}: ${quote(id)} is none; allowed: ${allowed}`, {
    field,
  });
}

function requireRun(runs: Runs, field: string, id: string): Run {
  const run = runs.get(id);
  if (run) return run;
  throw new BoomerangError('not_found', `${field}: there is no run ${quote(id)}`);
}

function playbookOf({
  playbook,
  bundleId,
  bundleRootPath,
}: Pick<Message<'ExecutePlayRequest'>, 'playbook' | 'bundleId' | 'bundleRootPath'>): string {
  return bundleId === '' ? playbook : `spage://bundle/${bundleId}#${bundleRootPath || playbook}`;
}

import type { DependencyStore } from '@boomerang/domain';
import type { Engine } from '../engine/engine.js';
import { REGISTER_WITHIN_MS } from '../names/name-fate.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { DependencyLinker, type WaitingTask } from './dependency-linker.js';

/** Dependants, or tasks that are waited for, of one step. */
const MOST_AT_ONCE = 1_000;
/** After this a task that is waited for, but was never registered, can't be registered any more, ms. */
const LATE_MS = 2 * REGISTER_WITHIN_MS;

export function createDependencyStore(
  { run, partitions, wakeListener }: Pick<Engine, 'run' | 'partitions' | 'wakeListener'>,
  { sliceMs }: { readonly sliceMs: number },
): DependencyStore {
  const keysOf = (partition: number) => partitions[partition] as PartitionKeys;
  const linker = new DependencyLinker(run, async (partition) => partitions[partition], sliceMs);

  return {
    async tellDependants(partition) {
      const taken = (await run('take-ended', keysOf(partition), [MOST_AT_ONCE])) as Buffer[][];
      const ended = taken
        .map((task) => task.map(String))
        .map(([other = '', state, ...dependants]) => {
          return { other, state: Number(state), dependants };
        });
      const pairs = ended.flatMap(({ other, state, dependants }) =>
        dependants.map((taskId) => ({ taskId, other, state })),
      );
      const told = await linker.settle(pairs);
      const toldOf = (of: string) =>
        pairs.flatMap(({ taskId, other }, i) => (other === of && told[i] === true ? [taskId] : []));
      await Promise.all(
        ended.map(({ other, state }) =>
          run('drop-dependants', keysOf(partition), [other, state, ...toldOf(other)]),
        ),
      );
      const tasks = told.filter((isTold) => isTold === true).length;
      // Those that were told may have ended by it. What could not be told is left for the next time.
      return { tasks, more: tasks > 0 };
    },

    async checkWaiting(partition) {
      const reply = (await run('waiting-to-check', keysOf(partition), [MOST_AT_ONCE])) as CheckReply[];
      const waiting = reply.map(([taskId, clientId, sinceMs, ...others]): WaitingTask => {
        return {
          taskId: String(taskId),
          clientId: String(clientId),
          isLate: sinceMs > LATE_MS,
          others: others.map(String),
        };
      });
      await linker.link(waiting);
      return { tasks: waiting.length, more: waiting.length > 0 };
    },

    onEnded: (listener) => wakeListener.onEnded(listener),
  };
}

type CheckReply = [taskId: Buffer, clientId: Buffer, sinceMs: number, ...others: Buffer[]];

import type { DeadLetterPosition, DeadLetterStore, PurgeOutcome, ReplayOutcome } from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import type { RunScript } from '../engine/scripts.js';
import { entryIdOf } from '../layout/dead-letter-codec.js';
import { mapByPartition } from '../partitions/by-partition.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { readTasks } from '../tasks/read-tasks.js';
import { findDeadLetters } from './find-dead-letters.js';
import { listDeadLetters } from './list-dead-letters.js';
import { readDeadLettersById } from './read-dead-letters-by-id.js';
import { replayDeadLetters } from './replay-dead-letters.js';
import { replayTaskId } from './replay-task-id.js';

const PURGE_OUTCOMES: readonly PurgeOutcome[] = ['not_found', 'purged', 'not_forwarded'];

export function createDeadLetterStore(
  run: RunScript,
  partitions: PartitionMap,
  { sliceMs }: { readonly sliceMs: number },
): DeadLetterStore {
  /** Answers for ids in a partition that doesn't exist: there is nothing. */
  async function inPartition<R>(partition: number, nothing: R, work: (keys: PartitionKeys) => Promise<R>) {
    const keys = await partitions.find(partition);
    return keys ? work(keys) : nothing;
  }

  const inAll = <R>(work: (all: readonly PartitionKeys[]) => Promise<R>): Promise<R> =>
    unwrapRedisErrors(partitions.all().then(work));

  async function get(clientId: string, id: DeadLetterPosition, withPayload: boolean) {
    return inPartition(id.partition, undefined, async (keys) => {
      const [read] = await readDeadLettersById(run, keys, clientId, [id], withPayload);
      return read?.letter;
    });
  }

  async function replayedAs(clientId: string, id: DeadLetterPosition) {
    return inPartition(id.partition, undefined, async (keys) => {
      const [task] = await readTasks(run, keys, clientId, [replayTaskId(id)], {
        mostBytes: 0,
        withAttempts: false,
      });
      return task?.taskId;
    });
  }

  async function purge(clientId: string, ids: readonly DeadLetterPosition[], evenNotForwarded: boolean) {
    const outcomes = await mapByPartition(
      ids,
      ({ partition }) => partition,
      (partition, own) =>
        inPartition(partition, [], async (keys) => {
          const args = [clientId, Number(evenNotForwarded), ...own.map(entryIdOf)];
          const codes = (await run('purge-dead-letters', keys, args)) as number[];
          return codes.map((code) => PURGE_OUTCOMES[code] as PurgeOutcome);
        }),
    );
    return outcomes.map((outcome): PurgeOutcome => outcome ?? 'not_found');
  }

  const replay: DeadLetterStore['replay'] = async (clientId, requests, options) => {
    const outcomes = await mapByPartition(
      requests,
      ({ id }) => id.partition,
      (partition, own) =>
        inPartition(partition, [], (keys) => replayDeadLetters(run, keys, sliceMs, clientId, own, options)),
    );
    return outcomes.map((outcome): ReplayOutcome => outcome ?? { kind: 'not_found' });
  };

  return {
    find: (clientId, filter, limit, after) =>
      inAll((all) => findDeadLetters(run, all, clientId, filter, limit, after)),
    list: (clientId, filter, limit, withPayload, after) =>
      inAll((all) => listDeadLetters(run, all, clientId, filter, limit, withPayload, after)),
    get: (...request) => unwrapRedisErrors(get(...request)),
    replayedAs: (...request) => unwrapRedisErrors(replayedAs(...request)),
    replay: (...request) => unwrapRedisErrors(replay(...request)),
    purge: (...request) => unwrapRedisErrors(purge(...request)),
  };
}

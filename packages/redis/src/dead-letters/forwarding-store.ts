import type { ForwardingStore, TakenDeadLetter, WaitingForwards } from '@boomerang/domain';
import type { Engine } from '../engine/engine.js';
import { decodeEntry, entryIdOfLetter } from '../layout/dead-letter-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';

const MOST_SORTED = 64;
const MOST_REMOVED = 64;
/** Payloads that pass through one script. */
const MOST_BYTES = 1_048_576;

export interface ForwardingStoreOptions {
  /** Lease of a dead letter that a worker took, ms. */
  readonly forwardLeaseMs: number;
  /** How long a forwarded dead letter is kept, ms. */
  readonly forwardedRetentionMs: number;
}

export function createForwardingStore(
  { run, partitions }: Pick<Engine, 'run' | 'partitions'>,
  { forwardLeaseMs, forwardedRetentionMs }: ForwardingStoreOptions,
): ForwardingStore {
  const keysOf = (partition: number) => partitions[partition] as PartitionKeys;

  return {
    partitions: partitions.length,

    async sort(partition) {
      const queues = new Set<string>();
      for (let more = 1; more === 1; ) {
        const reply = await run('sort-forwards', keysOf(partition), [MOST_SORTED, MOST_BYTES]);
        const [first, ...names] = reply as [number, ...Buffer[]];
        for (const name of names) queues.add(name.toString());
        more = first;
      }
      return [...queues];
    },

    async waiting(partition) {
      const reply = (await run('waiting-forwards', keysOf(partition), [])) as (Buffer | number)[];
      const waiting: WaitingForwards[] = [];
      for (let i = 0; i < reply.length; i += 3) {
        const [queue, count, oldestAgeMs] = reply.slice(i, i + 3) as [Buffer, number, number];
        waiting.push({ queue: queue.toString(), count, oldestAgeMs });
      }
      return waiting;
    },

    async take(partition, queue, limit) {
      const args = [queue, forwardLeaseMs, limit, MOST_BYTES];
      const [more, ...reply] = (await run('take-forwards', keysOf(partition), args)) as [number, ...Taken[]];
      const taken: TakenDeadLetter[] = [];
      for (let i = 0; i < reply.length; i += 3) {
        const [id, tries, fields] = reply.slice(i, i + 3) as [Buffer, number, Buffer[]];
        taken.push({ letter: decodeEntry(partition, id.toString(), fields), tries });
      }
      return { taken, more: more === 1 };
    },

    async settle(partition, queue, results) {
      const args = results.flatMap(({ taken: { letter, tries }, againInMs }) => [
        entryIdOfLetter(letter),
        letter.clientId,
        tries,
        againInMs === undefined ? 'forwarded' : Math.round(againInMs),
      ]);
      await run('settle-forwards', keysOf(partition), [queue, forwardLeaseMs, ...args]);
    },

    async removeForwarded(partition) {
      const args = [forwardedRetentionMs, MOST_REMOVED];
      while ((await run('remove-forwarded', keysOf(partition), args)) === MOST_REMOVED);
    },
  };
}

type Taken = Buffer | number | Buffer[];

import { type BoomerangError, partitionOf } from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { type Name, nameOf } from '../names/name-of.js';
import { inShares } from '../partitions/in-shares.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';

export const executionName = (map: PartitionMap, clientId: string, name: string): Name =>
  nameOf(clientId, name, map.oldest, 'spage task');

/** Ids of tasks by their client's own names, or by their ids; '' = there is none. */
export function findExecutions(
  run: RunScript,
  map: PartitionMap,
  clientId: string,
  names: readonly string[],
): Promise<(string | BoomerangError)[]> {
  const wanted = names.map((name) => ({ name, ...executionName(map, clientId, name) }));
  return inShares(
    wanted,
    ({ home }) => home,
    async (home, share) => {
      const texts = share.map(({ text }) => text);
      const found = (await run('find-named', map.written[home] as PartitionKeys, texts)) as Buffer[];
      return share.map(({ name }, i) => {
        const named = String(found[i]);
        return named === '' && partitionOf(name) !== undefined ? name : named;
      });
    },
  );
}

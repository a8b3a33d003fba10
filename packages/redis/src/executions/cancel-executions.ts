import {
  type BoomerangError,
  type CancelExecutionRequest,
  type CancelExecutionResult,
  partitionOf,
} from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { inShares } from '../partitions/in-shares.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { EXECUTION_STATES_BY_CODE, writtenByNewerRelease } from './read-executions.js';

const TOO_NEW = -2;
const NOT_FOUND = -1;
const CANCELLED = 0;
const CANCELLING = 1;
const WAS_CANCELLED = 6;

/** @param requests with the ids of tasks for their names. */
export function cancelExecutions(
  run: RunScript,
  map: PartitionMap,
  clientId: string,
  requests: readonly CancelExecutionRequest[],
): Promise<(CancelExecutionResult | BoomerangError)[]> {
  return inShares(
    requests,
    ({ name }) => partitionOf(name) ?? -1,
    async (partition, share): Promise<(CancelExecutionResult | BoomerangError)[]> => {
      const keys = await map.find(partition);
      if (!keys) return share.map(() => ({ kind: 'not_found' }));
      const args = share.flatMap(({ name, reason }) => [name, reason]);
      return ((await run('cancel-execution', keys, [clientId, ...args])) as number[]).map(resultOf);
    },
  );
}

function resultOf(code: number): CancelExecutionResult | BoomerangError {
  if (code === TOO_NEW) return writtenByNewerRelease();
  if (code === NOT_FOUND) return { kind: 'not_found' };
  if (code === CANCELLED || code === WAS_CANCELLED) return { kind: 'cancelled' };
  if (code === CANCELLING) return { kind: 'cancelling' };
  return { kind: 'ended', state: EXECUTION_STATES_BY_CODE.get(code) as 'completed' };
}

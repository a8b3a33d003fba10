import { createHash } from 'node:crypto';
import type { DaemonHello, DaemonRegistry } from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import type { RunScript } from '../engine/scripts.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import type { ExecutionListener } from './execution-listener.js';

/** After this without a sign of life a daemon is forgotten, ms. */
const KEPT_MS = 30_000;

type Listed = (Buffer | number)[];

/** A client's daemons are all in one partition, to which its id leads by the count that never changes. */
export function createDaemonRegistry(
  run: RunScript,
  map: PartitionMap,
  listener: ExecutionListener,
): DaemonRegistry {
  async function homeOf(clientId: string): Promise<PartitionKeys> {
    const hash = createHash('sha256').update(clientId).digest().readUInt32BE(0);
    return (await map.find(hash % map.oldest)) as PartitionKeys;
  }

  async function list(clientId: string) {
    const listed = (await run('list-daemons', await homeOf(clientId), [clientId])) as Listed;
    const daemons: (DaemonHello & { held: number })[] = [];
    for (let i = 0; i < listed.length; i += 3) {
      daemons.push({ ...(JSON.parse(String(listed[i + 1])) as DaemonHello), held: Number(listed[i + 2]) });
    }
    return daemons;
  }

  const ask = (
    name: 'enter-daemon' | 'keep-daemon' | 'leave-daemon',
    clientId: string,
    args: (string | number)[],
  ) =>
    unwrapRedisErrors(
      homeOf(clientId).then(async (keys) => (await run(name, keys, [clientId, ...args])) === 1),
    );

  return {
    enter({ clientId, daemonId, instanceId, version, types, slots }, streamId) {
      const hello = JSON.stringify({ clientId, daemonId, instanceId, version, types, slots });
      return ask('enter-daemon', clientId, [daemonId, streamId, instanceId, KEPT_MS, hello]);
    },
    keep: ({ clientId, daemonId }, streamId, held) =>
      ask('keep-daemon', clientId, [daemonId, streamId, KEPT_MS, held]),
    async leave({ clientId, daemonId }, streamId) {
      await ask('leave-daemon', clientId, [daemonId, streamId]);
    },
    onEntered: listener.onEntered,
    list: (clientId) => unwrapRedisErrors(list(clientId)),
  };
}

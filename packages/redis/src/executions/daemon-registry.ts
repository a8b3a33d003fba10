import type { DaemonRegistry } from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import type { RunScript } from '../engine/scripts.js';
import { homeOfClient } from '../partitions/home-of-client.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import type { ExecutionListener } from './execution-listener.js';
import { DAEMON_KEPT_MS, listDaemons } from './list-daemons.js';

export function createDaemonRegistry(
  run: RunScript,
  map: PartitionMap,
  listener: ExecutionListener,
): DaemonRegistry {
  const ask = (
    name: 'enter-daemon' | 'keep-daemon' | 'leave-daemon',
    clientId: string,
    args: (string | number)[],
  ) =>
    unwrapRedisErrors(
      homeOfClient(map, clientId).then(async (keys) => (await run(name, keys, [clientId, ...args])) === 1),
    );

  return {
    enter({ clientId, daemonId, instanceId, version, types, slots, labels }, streamId) {
      const hello = JSON.stringify({ clientId, daemonId, instanceId, version, types, slots, labels });
      return ask('enter-daemon', clientId, [daemonId, streamId, instanceId, DAEMON_KEPT_MS, hello]);
    },
    keep: ({ clientId, daemonId }, streamId, draining) =>
      ask('keep-daemon', clientId, [daemonId, streamId, DAEMON_KEPT_MS, Number(draining)]),
    async leave({ clientId, daemonId }, streamId) {
      await ask('leave-daemon', clientId, [daemonId, streamId]);
    },
    onEntered: listener.onEntered,
    list: (clientId) => unwrapRedisErrors(listDaemons(run, map, clientId)),
  };
}

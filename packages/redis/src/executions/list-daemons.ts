import type { ConnectedDaemon, DaemonHello } from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { homeOfClient } from '../partitions/home-of-client.js';
import type { PartitionMap } from '../partitions/partition-map.js';

/** After this without a sign of life a daemon is forgotten, ms. */
export const DAEMON_KEPT_MS = 30_000;

/** The daemons of a client that are connected, to whichever gateway. What they hold is counted from leases and offers. */
export async function listDaemons(
  run: RunScript,
  map: PartitionMap,
  clientId: string,
): Promise<ConnectedDaemon[]> {
  const listed = (await run('list-daemons', await homeOfClient(map, clientId), [clientId])) as Listed;
  const daemons: (DaemonHello & { draining: boolean; silentForMs: number })[] = [];
  for (let i = 0; i < listed.length; i += 3) {
    const hello = JSON.parse(String(listed[i])) as DaemonHello;
    const silentForMs = Math.max(0, DAEMON_KEPT_MS - Number(listed[i + 2]));
    daemons.push({ ...hello, labels: hello.labels ?? {}, draining: listed[i + 1] === 1, silentForMs });
  }
  if (daemons.length === 0) return [];
  const asked = [clientId, ...daemons.map(({ daemonId }) => daemonId)];
  const counts = await Promise.all(
    (await map.all()).map(async (keys) => (await run('count-held', keys, asked)) as number[]),
  );
  return daemons.map((daemon, i) => ({
    ...daemon,
    held: counts.reduce((sum, inPartition) => sum + (inPartition[i] ?? 0), 0),
  }));
}

type Listed = (Buffer | number)[];

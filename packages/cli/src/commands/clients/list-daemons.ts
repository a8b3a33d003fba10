import type { ConnectedDaemon } from '@boomerang/domain';
import { showDaemons } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { formatTable, harmless, printJson, printLine } from '../../print.js';
import { withStackRedis } from '../../stack/with-stack-redis.js';

const HEADINGS = ['DAEMON', 'INSTANCE', 'VERSION', 'TYPES', 'HAS', 'SLOTS', 'STATE', 'LABELS'];

/** Prints a client's daemons that are connected, to whichever gateway. */
export async function printDaemons(env: Environment, clientId: string, { json = false }): Promise<void> {
  const daemons = await withStackRedis(env, (redis) => showDaemons(redis, clientId));
  if (json) {
    for (const daemon of daemons) printJson(daemon);
  } else for (const line of formatTable([HEADINGS, ...daemons.map(toRow)])) printLine(line);
}

function toRow(daemon: ConnectedDaemon): string[] {
  const labels = Object.entries(daemon.labels).map(([key, value]) => `${key}=${value}`);
  return [
    daemon.daemonId,
    daemon.instanceId,
    daemon.version,
    daemon.types.join(','),
    String(daemon.held),
    String(daemon.slots),
    daemon.draining ? 'draining' : 'connected',
    harmless(labels.join(' ')),
  ];
}

import { parseArgs } from 'node:util';
import { connect, openSession, type Session } from '@boomerang/client';
import { startRedisServer } from '@boomerang/redis-server';
import type { HostileMethods } from '../processes/hostile-process.js';
import { type Peer, startPeer } from '../processes/rpc.js';
import { createBenchClient, serviceEnvironment } from '../service-environment.js';
import { startService } from '../service-process.js';
import { table } from '../table.js';
import { readGatewayFigures, watchMemory } from './gateway-figures.js';
import type { Hostility } from './siege.js';
import { behaveWell } from './well-behaved.js';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '1000000' },
    connections: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '12' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const connections = Number(values.connections);
const forMs = Number(values.seconds) * 1_000;
const seed = Number(values.seed);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const redis = await startRedisServer();
const token = await createBenchClient(redis.url);
// Another client: what is asked is what one client can do to another.
const hostileToken = await createBenchClient(redis.url, 'hostile');
const gateway = await startService('gateway', {
  ...serviceEnvironment(redis.url),
  BOOMERANG_TCP_MAX_CONNECTIONS_PER_ADDRESS: '5000',
});
const { tcp = 0, http = 0 } = gateway.ports;
const hostile = startPeer<HostileMethods>('hostile');

const callback = { protocol: 'HTTP', endpoint: 'http://127.0.0.1:1/' } as const;
const session = await openSession(await connect({ port: tcp }), { token, callback });
const hostileConnection = await connect({ port: tcp });
const hostileSession = await openSession(hostileConnection, { token: hostileToken, callback });
await hostileConnection.close();
const rows = [
  ['', 'opened', 'closed', 'errors', 'p50 ms', 'p99 ms', 'max ms', 'failed', 'memory +MB', 'by the gateway'],
];

await during('warm-up', pause);
await during('calm', pause);
for (const hostility of ['huge', 'slow', 'silent'] as const) {
  await during(`${connections} ${hostility}`, () => besiege(hostility));
}
await during('calm again', pause);
const bent = await during(`${values.frames} bent frames, seed ${seed}`, () =>
  throwFrames(hostileSession, hostile),
);
await during('calm at last', pause);

const { internalErrors, connections: open } = await readGatewayFigures(http);
process.stdout.write(`\n${table(rows)}\n\n${bent}\n`);
process.stdout.write(
  `internal errors: ${internalErrors}; connections left: ${open}, the well-behaved one is 1\n`,
);
await hostile.stop();
await gateway.stop();
await redis.stop();
process.exit(internalErrors === 0 && open === 1 ? 0 : 1);

async function pause() {
  await new Promise((resolve) => setTimeout(resolve, forMs));
  return { opened: 0, closed: 0, errors: 0 };
}

function besiege(hostility: Hostility) {
  return hostile.call('besiege', { port: tcp, hostility, connections, forMs, pauseMs: 2_000 });
}

async function throwFrames({ sessionId }: Session, by: Peer<HostileMethods>) {
  const frames = Number(values.frames);
  const result = await by.call('throwFrames', {
    port: tcp,
    sessionId,
    token: hostileToken,
    frames,
    seed,
    connections: 50,
    forMs: 4 * forMs,
  });
  return { opened: result.connections, closed: result.refused, errors: 0, text: JSON.stringify(result) };
}

/** Lets the well-behaved client run beside something, and adds a row. */
async function during(
  what: string,
  something: () => Promise<{ opened: number; closed: number; errors: number; text?: string }>,
): Promise<string> {
  process.stderr.write(`bench: ${what}\n`);
  const before = await readGatewayFigures(http);
  const memory = watchMemory(http);
  const over = new AbortController();
  const behaving = behaveWell(session, over.signal);
  const { opened, closed, errors, text = '' } = await something();
  over.abort();
  const { p50, p99, max, failed } = await behaving;
  const growth = ((await memory.stop()) - before.residentBytes) / 1_048_576;
  const after = await readGatewayFigures(http);
  const reasons = Object.entries(after.closed)
    .map(([reason, count]) => [reason, count - (before.closed[reason] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .map(([reason, count]) => `${reason} ${count}`);
  const figures = [p50, p99, max].map((ms) => ms.toFixed(1));
  rows.push([
    what,
    ...[opened, closed, errors].map(String),
    ...figures,
    String(failed),
    growth.toFixed(0),
    reasons.join(', '),
  ]);
  return text;
}

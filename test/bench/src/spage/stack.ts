import { startRedisServer } from '@boomerang/redis-server';
import { Redis } from 'ioredis';
import { type Peer, startPeer } from '../processes/rpc.js';
import type { DaemonMethods } from '../processes/spage-daemon-process.js';
import type { FollowerMethods } from '../processes/spage-follower-process.js';
import type { SubmitterMethods } from '../processes/spage-submitter-process.js';
import { createBenchClient, serviceEnvironment } from '../service-environment.js';
import { type ServiceName, startService } from '../service-process.js';
import { readUsage, type Usage } from '../usage.js';

const SERVICES: readonly ServiceName[] = ['gateway', 'scheduler', 'worker'];
const SLOTS = 100;

/** A Redis of its own, the three services, who submits, and two daemons. */
export interface SpageStack {
  readonly redis: Redis;
  readonly submitter: Peer<SubmitterMethods>;
  readonly daemons: readonly Peer<DaemonMethods>[];
  /** One more who follows the events. */
  follow(): Promise<Peer<FollowerMethods>>;
  usage(): Promise<Usage>;
}

/** Everything that was started is stopped again, in reverse order, also when the start fails half way. */
export async function withSpageStack(
  profile: string | undefined,
  use: (stack: SpageStack) => Promise<void>,
): Promise<void> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    await use(await start(profile, stops));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function start(profile: string | undefined, stops: (() => Promise<unknown>)[]): Promise<SpageStack> {
  const server = await startRedisServer();
  stops.push(() => server.stop());
  const redis = new Redis(server.url);
  stops.push(async () => redis.disconnect());
  const pids: Record<string, number> = {};
  let port = 0;
  for (const name of SERVICES) {
    const service = await startService(name, serviceEnvironment(server.url), profile);
    stops.push(() => service.stop());
    pids[name] = service.pid;
    port ||= service.ports.grpc ?? 0;
  }
  const address = { port, token: await createBenchClient(server.url) };
  const peer = <M extends DaemonMethods | FollowerMethods | SubmitterMethods>(name: string) => {
    const started = startPeer<M>(name);
    stops.push(() => started.stop());
    return started;
  };
  const submitter = peer<SubmitterMethods>('spage-submitter');
  await submitter.call('connect', address);
  const daemons = ['first', 'second'].map(() => peer<DaemonMethods>('spage-daemon'));
  for (const [i, daemon] of daemons.entries())
    await daemon.call('connect', { ...address, id: `daemon-${i}`, slots: SLOTS });
  return {
    redis,
    submitter,
    daemons,
    async follow() {
      const follower = peer<FollowerMethods>('spage-follower');
      await follower.call('follow', address);
      return follower;
    },
    usage: () => readUsage(redis, pids),
  };
}

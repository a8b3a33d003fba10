import { startRedisServer } from '@boomerang/redis-server';
import { Redis } from 'ioredis';
import type { Bench } from '../bench.js';
import { type Measured, measure } from '../measure.js';
import type { BaselineMethods } from '../processes/baseline-process.js';
import { startPeer } from '../processes/rpc.js';
import { readUsage } from '../usage.js';
import { drainLoad } from './drain.js';
import { steadyLoad, warmUpLoad } from './steady.js';

export interface Baseline {
  readonly steady: Measured;
  readonly drain: Measured;
}

const STEADY_PER_SECOND = 2_000;

/** The service that one would write by hand, under the same loads, with the same receiver and the same Redis settings. */
export async function measureBaseline(bench: Bench): Promise<Baseline> {
  const server = await startRedisServer();
  const redis = new Redis(server.url);
  const baseline = startPeer<BaselineMethods>('baseline');
  try {
    await bench.receiver.call('followClock', server.url);
    await baseline.call('start', { redisUrl: server.url, endpoint: bench.endpoint });
    const usage = () => readUsage(redis, { service: baseline.pid, receiver: bench.receiver.pid });
    await measure(bench, 'baseline warm-up', usage, (run) => baseline.call('openLoop', warmUpLoad(run)));
    return {
      steady: await measure(bench, `baseline ${STEADY_PER_SECOND}/s`, usage, (run) =>
        baseline.call('openLoop', steadyLoad(run, STEADY_PER_SECOND)),
      ),
      drain: await measure(bench, 'baseline drain', usage, (run) => baseline.call('burst', drainLoad(run))),
    };
  } finally {
    await baseline.stop();
    redis.disconnect();
    await server.stop();
  }
}

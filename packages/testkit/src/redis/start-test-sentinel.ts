import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedisServer, freePort } from '@boomerang/redis-server';
import { type BrokerProcess, startBroker } from '../brokers/broker-process.js';

export interface TestSentinelOptions {
  /** Port of the primary, on loopback. */
  readonly primary: number;
  /** What the Sentinel calls it. */
  readonly name: string;
  /** Further lines of the configuration file. */
  readonly settings?: readonly string[];
}

/** A Sentinel that takes a primary for down after a second and needs nobody else's vote. */
export async function startTestSentinel({
  primary,
  name,
  settings = [],
}: TestSentinelOptions): Promise<BrokerProcess> {
  const { command, env } = await findRedisServer();
  const folder = await mkdtemp(join(tmpdir(), 'boomerang-sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const tls = settings.some((line) => line.startsWith('tls-'));
  const lines = [
    tls ? `port 0\ntls-port ${port}` : `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${name} 127.0.0.1 ${primary} 1`,
    `sentinel down-after-milliseconds ${name} 1000`,
    `sentinel failover-timeout ${name} 5000`,
    ...settings,
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const cleanUp = () => rm(folder, { recursive: true, force: true });
  return startBroker({ command, args: [file, '--sentinel'], env, port, cleanUp });
}

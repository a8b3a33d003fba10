import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DebianPick, debianCopy, freePort, onPath, runCommand } from '@boomerang/redis-server';
import { BrokerMissingError } from './broker-missing-error.js';
import { type BrokerProcess, startBroker } from './broker-process.js';

const DEBIAN_NATS: DebianPick = {
  wanted: 'nats-server',
  libraries: [],
  async problem(root) {
    const { code, output } = await runCommand(join(root, 'usr', 'sbin', 'nats-server'), ['--version']);
    return code === 0 ? undefined : `it does not run: ${output}`;
  },
};

/**
 * A NATS server with JetStream.
 *
 * @param settings further lines of its configuration.
 * @throws BrokerMissingError where there is none to be had.
 */
export async function startNats(settings: readonly string[] = []): Promise<BrokerProcess> {
  const command = await findNatsServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'boomerang-nats-'));
  const port = await freePort();
  const config = join(dataDir, 'nats.conf');
  const own = [`listen: "127.0.0.1:${port}"`, `jetstream { store_dir: "${dataDir}" }`];
  await writeFile(config, [...own, ...settings, ''].join('\n'));
  const cleanUp = () => rm(dataDir, { recursive: true, force: true });
  return startBroker({ command, args: ['--config', config], port, cleanUp });
}

async function findNatsServer(): Promise<string> {
  const installed = await onPath('nats-server');
  if (installed) return installed;
  try {
    return join(await debianCopy(DEBIAN_NATS), 'usr', 'sbin', 'nats-server');
  } catch (error) {
    throw new BrokerMissingError(`no nats-server on PATH, nor from Debian: ${(error as Error).message}`);
  }
}

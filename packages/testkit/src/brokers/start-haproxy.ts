import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DebianPick,
  debianCopy,
  freePort,
  libraryDirs,
  onPath,
  runCommand,
} from '@boomerang/redis-server';
import { BrokerMissingError } from './broker-missing-error.js';
import { type BrokerProcess, startBroker } from './broker-process.js';

export interface ProxiedServer {
  readonly tcpPort: number;
  /** Where `/readyz` tells whether it takes new connections. */
  readonly httpPort: number;
}

const DEBIAN_HAPROXY: DebianPick = {
  wanted: 'haproxy',
  libraries: ['liblua5.3-0'],
  async problem(root) {
    const { command, env } = await unpacked(root);
    const { code, output } = await runCommand(command, ['-v'], { env });
    return code === 0 ? undefined : `it does not run: ${output}`;
  },
};

/**
 * A load balancer before gateways. One whose `/readyz` fails gets no new connections; those that it has it keeps.
 *
 * @throws BrokerMissingError where there is none to be had.
 */
export async function startHaproxy(servers: readonly ProxiedServer[]): Promise<BrokerProcess> {
  const { command, env } = await findHaproxy();
  const dataDir = await mkdtemp(join(tmpdir(), 'boomerang-haproxy-'));
  const port = await freePort();
  const config = join(dataDir, 'haproxy.cfg');
  await writeFile(config, configuration(port, servers));
  const cleanUp = () => rm(dataDir, { recursive: true, force: true });
  return startBroker({ command, args: ['-db', '-f', config], env, port, cleanUp });
}

function configuration(port: number, servers: readonly ProxiedServer[]): string {
  const lines = servers.map(
    ({ tcpPort, httpPort }, i) => `  server gateway-${i} 127.0.0.1:${tcpPort} check port ${httpPort}`,
  );
  return `defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 2s
  retries 3
  option redispatch 1
listen gateways
  bind 127.0.0.1:${port}
  balance roundrobin
  option httpchk GET /readyz
  http-check expect status 200
  default-server inter 200ms fall 1 rise 1
${lines.join('\n')}
`;
}

type Found = { readonly command: string; readonly env: Record<string, string> };

async function findHaproxy(): Promise<Found> {
  const installed = await onPath('haproxy');
  if (installed) return { command: installed, env: {} };
  try {
    return await unpacked(await debianCopy(DEBIAN_HAPROXY));
  } catch (error) {
    throw new BrokerMissingError(`no haproxy on PATH, nor from Debian: ${(error as Error).message}`);
  }
}

async function unpacked(root: string): Promise<Found> {
  const command = join(root, 'usr', 'sbin', 'haproxy');
  return { command, env: { LD_LIBRARY_PATH: (await libraryDirs(root)).join(':') } };
}

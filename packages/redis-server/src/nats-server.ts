import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { debianCopy } from './debian-copy.js';
import type { DebianPick } from './debian-packages.js';
import { freePort } from './free-port.js';
import { onPath } from './path-lookup.js';
import { runCommand } from './run-command.js';
import { type ServerProcess, spawnServer } from './server-process.js';

/** A NATS server with JetStream, on a loopback port of its own. It ends with this process at the latest. */
export interface NatsServer {
  readonly port: number;
  /** SIGKILL, as a crash would be; its data stay. */
  kill(): Promise<void>;
  /** Starts it again after a kill, on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. Can be called twice. */
  stop(): Promise<void>;
}

/** There is no nats-server here, nor can one be fetched. */
export class NatsServerMissingError extends Error {
  override readonly name = 'NatsServerMissingError';
}

const START_TIMEOUT_MS = 60_000;

const DEBIAN_NATS: DebianPick = {
  wanted: 'nats-server',
  libraries: [],
  async problem(root) {
    const { code, output } = await runCommand(join(root, 'usr', 'sbin', 'nats-server'), ['--version']);
    return code === 0 ? undefined : `it does not run: ${output}`;
  },
};

/**
 * Starts the nats-server on PATH, or Debian's, which is fetched without root, and waits until it serves.
 *
 * @param settings further lines of its configuration.
 * @throws NatsServerMissingError where there is none to be had; an error with the server's last lines if it doesn't start.
 */
export async function startNatsServer(settings: readonly string[] = []): Promise<NatsServer> {
  const command = await findNatsServer();
  const dataDir = await mkdtemp(join(tmpdir(), 'boomerang-nats-'));
  const port = await freePort();
  const config = join(dataDir, 'nats.conf');
  const own = [`listen: "127.0.0.1:${port}"`, `jetstream { store_dir: "${dataDir}" }`];
  await writeFile(config, [...own, ...settings, ''].join('\n'));

  const run = () =>
    spawnServer({
      binary: { command, env: {} },
      args: ['--config', config],
      cwd: dataDir,
      orphanEnd: { signal: 'KILL', folder: dataDir },
    });
  let server = run();
  const kill = () => endNow(server);
  const stop = async () => {
    await kill();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await waitUntilServing(server, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    kill,
    async restart() {
      await kill();
      server = run();
      await waitUntilServing(server, port);
    },
    stop,
  };
}

async function findNatsServer(): Promise<string> {
  const installed = await onPath('nats-server');
  if (installed) return installed;
  try {
    return join(await debianCopy(DEBIAN_NATS), 'usr', 'sbin', 'nats-server');
  } catch (error) {
    throw new NatsServerMissingError(
      `no nats-server on PATH, nor from Debian: ${(error as Error).message}; install NATS 2.9 or later`,
    );
  }
}

async function waitUntilServing(server: ServerProcess, port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!server.hasExited() && performance.now() < deadline) {
    if (await greets(port)) return;
    await sleep(10);
  }
  const how = server.hasExited()
    ? 'ended at its start'
    : `did not serve within ${START_TIMEOUT_MS / 1_000} s`;
  await endNow(server);
  throw new Error(`nats-server on port ${port} ${how}; it wrote:\n${server.lastLines()}`);
}

/** A NATS server speaks first: INFO and what it is. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(500, () => finish(false));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
    socket.once('data', (chunk) => finish(chunk.toString('latin1').startsWith('INFO ')));
  });
}

async function endNow(server: ServerProcess): Promise<void> {
  if (server.hasExited()) return;
  server.hold();
  server.signal('SIGKILL');
  await server.exited;
}

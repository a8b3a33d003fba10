import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answersPing } from './answers-ping.js';
import { atExit } from './at-exit.js';
import type { RedisServerBinary } from './binary.js';
import { killContainer } from './docker-server.js';
import { type FindRedisServerOptions, findRedisServer } from './find-redis-server.js';
import { freePort } from './free-port.js';
import type { OrphanEnd } from './orphan-guard.js';
import { type ServerExit, type ServerProcess, spawnServer } from './server-process.js';

export interface RedisServerOptions extends FindRedisServerOptions {
  /** 0 or absent: a free loopback port. */
  port?: number;
  /** Kept when the server stops. Absent: a temporary folder, removed by `stop()` or when this process exits. */
  dataDir?: string;
  /** More arguments of the server; they win over those given here. */
  args?: readonly string[];
}

export interface RedisServer {
  /** `redis://127.0.0.1:<port>` */
  url: string;
  port: number;
  pid: number;
  dataDir: string;
  /** Ends it in order and waits for it. Can be called twice. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would be. The data stays: start another on the same port and folder to restart it. */
  kill(): Promise<void>;
  exited: Promise<ServerExit>;
}

const START_TIMEOUT_MS = 15_000;
/** All that it holds is in its append-only file by then, or in the system's cache of that. */
const STOP_TIMEOUT_MS = 2_000;
const PORT_TRIES = 5;

/**
 * Starts a Redis server on loopback with the settings that Boomerang asks for, and waits until it serves. Throws with
 * the server's last lines if that takes more than 15 s.
 */
export async function startRedisServer(options: RedisServerOptions = {}): Promise<RedisServer> {
  const binary = await findRedisServer(options);
  const data = await openDataDir(options);
  try {
    const { server, port } = await startOnPort(binary, data, options);
    return handle({ binary, server, port, data });
  } catch (error) {
    await data.remove();
    throw error;
  }
}

interface DataDir {
  path: string;
  temporary: boolean;
  remove(): Promise<void>;
}

async function openDataDir({ dataDir }: RedisServerOptions): Promise<DataDir> {
  if (dataDir !== undefined) {
    await mkdir(dataDir, { recursive: true });
    return {
      path: resolve(dataDir),
      temporary: false,
      remove: async () => undefined,
    };
  }
  const path = await mkdtemp(join(tmpdir(), 'boomerang-redis-'));
  const takeBack = atExit(() => rmSync(path, { recursive: true, force: true }));
  const remove = async () => {
    takeBack();
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  };
  return { path, temporary: true, remove };
}

/** The port may be taken between the look and the start, or not be released yet by the one that was killed. */
async function startOnPort(
  binary: RedisServerBinary,
  data: DataDir,
  { port: wanted, args = [] }: RedisServerOptions,
): Promise<{ server: ServerProcess; port: number }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted || (await freePort());
    const server = spawnServer({
      binary,
      args: [...settings(port), ...args],
      cwd: data.path,
      orphanEnd: orphanEnd(binary, data),
    });
    const failure = await waitUntilServing(server, port, binary);
    if (failure === undefined) return { server, port };
    const taken = /Address already in use|port is already allocated/i.test(server.lastLines());
    if (!taken || attempt === PORT_TRIES) {
      throw new Error(
        `the Redis server ${binary.command} on port ${port} ${failure}:\n${server.lastLines()}`,
      );
    }
    if (wanted) await sleep(200);
  }
}

function settings(port: number): string[] {
  const durable = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
  return ['--port', String(port), '--bind', '127.0.0.1', ...durable, '--maxmemory-policy', 'noeviction'];
}

/** Undefined once it serves, else what went wrong; then it has ended. */
async function waitUntilServing(
  server: ServerProcess,
  port: number,
  binary: RedisServerBinary,
): Promise<string | undefined> {
  const pid = binary.origin === 'docker' ? undefined : server.pid;
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    if (server.hasExited()) {
      await sleep(50); // its last lines
      return 'ended at its start';
    }
    if (await answersPing(port, pid)) return undefined;
    await sleep(10);
  }
  await endNow(server, port, binary);
  return `did not serve within ${START_TIMEOUT_MS / 1000} s`;
}

/** Data that are kept are those of services which drain first. A container ends with its client only if that may tell it. */
function orphanEnd({ origin }: RedisServerBinary, { path, temporary }: DataDir): OrphanEnd {
  if (!temporary) return { signal: 'TERM', graceMs: STOP_TIMEOUT_MS, stage: 2 };
  if (origin === 'docker') return { signal: 'TERM', graceMs: STOP_TIMEOUT_MS, folder: path };
  return { signal: 'KILL', folder: path };
}

interface Started {
  binary: RedisServerBinary;
  server: ServerProcess;
  port: number;
  data: DataDir;
}

function handle({ binary, server, port, data }: Started): RedisServer {
  if (data.temporary) {
    const takeBack = atExit(() => server.signal('SIGKILL'));
    void server.exited.then(takeBack);
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid: server.pid,
    dataDir: data.path,
    exited: server.exited,
    async stop() {
      if (!(await endInOrder(server))) await endNow(server, port, binary);
      await data.remove();
    },
    kill: () => endNow(server, port, binary),
  };
}

/** True if the server ended within the time that it is given. */
async function endInOrder(server: ServerProcess): Promise<boolean> {
  if (server.hasExited()) return true;
  server.hold();
  server.signal('SIGTERM');
  const limit = new AbortController();
  const late = sleep(STOP_TIMEOUT_MS, undefined, { signal: limit.signal }).catch(() => undefined);
  await Promise.race([server.exited, late]);
  limit.abort();
  return server.hasExited();
}

async function endNow(server: ServerProcess, port: number, binary: RedisServerBinary): Promise<void> {
  if (server.hasExited()) return;
  server.hold();
  if (binary.origin === 'docker') await killContainer(port);
  server.signal('SIGKILL');
  await server.exited;
}

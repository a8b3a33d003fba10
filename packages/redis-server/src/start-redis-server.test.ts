import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { answersPing } from './answers-ping.js';
import { type RedisServer, type RedisServerOptions, startRedisServer } from './start-redis-server.js';

const started: RedisServer[] = [];
const folders: string[] = [];

async function start(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedisServer(options);
  started.push(server);
  return server;
}

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** Sends one inline command and returns the first line of the reply that is not a length. */
async function send(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(`${command}\r\nQUIT\r\n`);
  let reply = '';
  for await (const chunk of socket) reply += chunk;
  return reply.split('\r\n').find((line) => !line.startsWith('$')) ?? '';
}

/** A dead process that nobody has reaped yet is not alive. */
function isAlive(pid: number): boolean {
  try {
    if (process.platform === 'linux')
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('startRedisServer', () => {
  test('serves on a free loopback port once it is there', async () => {
    const server = await start();
    expect(server.url).toBe(`redis://127.0.0.1:${server.port}`);
    expect(await answersPing(server.port, server.pid)).toBe(true);
  });

  test('writes an append-only file, takes no snapshots, evicts nothing and keeps hz at its default', async () => {
    const { port } = await start();
    const info = await configOf(port);
    expect(info).toMatchObject({
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      save: '',
      hz: '10',
      bind: '127.0.0.1',
    });
  });

  test('lets arguments win over its own', async () => {
    const { port } = await start({ args: ['--appendfsync', 'always'] });
    expect(await configOf(port)).toMatchObject({ appendfsync: 'always' });
  });

  test('stops in order, twice without complaint, and removes its temporary folder', async () => {
    const server = await start();
    await server.stop();
    await server.stop();
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(await answersPing(server.port)).toBe(false);
    expect(existsSync(server.dataDir)).toBe(false);
  });

  test('keeps a folder that it was given', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'boomerang-test-'));
    folders.push(dataDir);
    const server = await start({ dataDir });
    await server.stop();
    expect((await stat(dataDir)).isDirectory()).toBe(true);
  });

  test('keeps what was written across a kill and a restart on the same port and folder', async () => {
    const first = await start();
    for (let round = 1; round <= 3; round += 1) {
      expect(await send(first.port, `SET round ${round}`)).toBe('+OK');
      await (started.at(-1) as RedisServer).kill();
      expect(await answersPing(first.port)).toBe(false);
      const next = await start({ port: first.port, dataDir: first.dataDir });
      expect(next.port).toBe(first.port);
      expect(await send(first.port, 'GET round')).toBe(String(round));
    }
    expect(await first.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  test('runs side by side with others', async () => {
    const servers = await Promise.all([start(), start(), start()]);
    expect(new Set(servers.map((server) => server.port)).size).toBe(3);
  });

  test('says what the server said when it does not come up', async () => {
    await expect(start({ args: ['--no-such-setting', '1'] })).rejects.toThrow(
      /ended at its start:[\s\S]*no-such-setting/,
    );
  });

  test('takes no foreign server on its port for its own', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toThrow(/Address already in use/);
  });

  test.each([
    'process.exit(0)',
    'process.kill(process.pid, "SIGINT")',
    'process.kill(process.pid, "SIGKILL")',
  ])('does not outlive a parent that ends by %s', async (ending) => {
    const { pid, dataDir, parent } = await startInChild(`${ending};`);
    if (parent.exitCode === null && parent.signalCode === null) await once(parent, 'exit');
    await until(() => !isAlive(pid) && !existsSync(dataDir));
  });

  test('outlives the Ctrl-C of its group, so that others can drain', async (context) => {
    const { pid, parent } = await startInChild(
      'process.on("SIGINT", () => {}); setInterval(() => {}, 1000);',
    );
    if (process.platform !== 'linux') context.skip('only where env can block signals');
    process.kill(pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });
});

async function configOf(port: number): Promise<Record<string, string>> {
  const names = ['appendonly', 'appendfsync', 'maxmemory-policy', 'save', 'hz', 'bind'];
  const entries = names.map(async (name) => {
    const socket = connect(port, '127.0.0.1');
    socket.end(`CONFIG GET ${name}\r\nQUIT\r\n`);
    let reply = '';
    for await (const chunk of socket) reply += chunk;
    return [name, reply.split('\r\n')[4] ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** A process that starts a server with the built package, tells about it and then does what it is told. */
async function startInChild(then: string) {
  const entry = new URL('../dist/index.js', import.meta.url).href;
  const script = `import { startRedisServer } from ${JSON.stringify(entry)};
    const { pid, dataDir } = await startRedisServer();
    process.stdout.write(JSON.stringify({ pid, dataDir }) + '\\n', () => { ${then} });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  return { ...(JSON.parse(line) as { pid: number; dataDir: string }), parent };
}

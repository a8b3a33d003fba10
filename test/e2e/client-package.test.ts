import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { resolve } = createRequire(import.meta.url);

let folder: string;
let stack: TestStack;

/** Packs the client and installs it in an empty folder, without any network. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-client-'));
  const packed = execFileSync(process.execPath, ['scripts/pack-client.mjs', join(folder, 'pack')], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }');
  const tarball = packed.trim().split('\n').at(-1) as string;
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--omit=optional', tarball], {
    cwd: folder,
    stdio: 'pipe',
  });
  stack = await startStack();
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('installs alone: nothing else comes with it, and its types, licence and README do', () => {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/@boomerang/client']);
  const files = ['README.md', 'LICENSE', 'types/client/dist/index.d.ts', 'dist/index.js'];
  for (const file of files) {
    const text = readFileSync(join(folder, 'node_modules/@boomerang/client', file), 'utf8');
    if (!file.endsWith('.md')) expect(text).not.toMatch(/(from |import\()['"](@boomerang\/|protobufjs)/);
  }
});

/** Registers tasks over HTTP, TCP and UDP and prints what comes back. */
const PROGRAM = `
import { connect, createHttpReceiver, createTcpReceiver, createUdpReceiver } from '@boomerang/client';
import { openHttpSession, openSession } from '@boomerang/client';
import type { Callback, ReceivedCallback, RequestEnvelope } from '@boomerang/client';

const seen: string[] = [];
const onCallback = ({ payload }: ReceivedCallback) => void seen.push(Buffer.from(payload).toString());
const http = await createHttpReceiver({ onCallback });
const tcp = await createTcpReceiver({ onCallback });
const udp = await createUdpReceiver({ onCallback });
const connection = await connect({ port: Number(process.env.PORT) });
const empty: RequestEnvelope = { sessionRefresh: {} };
const refused = await connection.request({ ...empty, sessionId: 'none' });
const callbacks: Callback[] = [
  { protocol: 'HTTP', endpoint: http.url },
  { protocol: 'TCP', endpoint: tcp.endpoint },
  { protocol: 'UDP', endpoint: udp.endpoint, acked: true },
];
for (const callback of callbacks) {
  const session = await openSession(connection, { token: process.env.TOKEN ?? '', callback });
  await session.setTimeout(callback.protocol, 50);
}
const options = { url: process.env.URL ?? '', token: process.env.TOKEN ?? '', callback: callbacks[0] as Callback };
const overHttp = openHttpSession(options);
const { taskId } = await overHttp.setInterval('by the HTTP API', 100);
while (new Set(seen).size < 4) await new Promise((resolve) => setTimeout(resolve, 20));
await overHttp.cancel(taskId);
const { state, attempts } = await overHttp.get(taskId);
await Promise.all([connection.close(), http.close(), tcp.close(), udp.close(), overHttp.close()]);
console.log(refused.payload, ...new Set(seen.sort()), state, attempts[0]?.outcome);
`;

test('a TypeScript program compiles against its types alone, strictly, and gets its callbacks', async () => {
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  symlinkSync(join(root, 'node_modules', '@types'), join(folder, 'node_modules', '@types'));
  const tsc = join(dirname(resolve('typescript/package.json')), 'bin', 'tsc');
  const options = ['--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
  const compiled = spawnSync(process.execPath, [tsc, ...options, 'program.ts'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(compiled.stdout).toBe('');
  const URL = `http://127.0.0.1:${stack.httpPorts.gateway[0]}`;
  const env = { ...process.env, PORT: String(stack.tcpPorts[0]), URL, TOKEN: stack.token };
  const { stdout } = await promisify(execFile)(process.execPath, ['program.js'], { cwd: folder, env });
  expect(stdout).toBe('sessionRefreshResponse HTTP TCP UDP by the HTTP API cancelled delivered\n');
});

test('a gRPC receiver says which package it needs besides', async () => {
  const program = `
    import { createGrpcReceiver } from '@boomerang/client';
    await createGrpcReceiver({ onCallback: () => undefined }).catch((error) => console.log(error.message));
  `;
  const ran = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(ran).toBe('a gRPC receiver needs the package @grpc/grpc-js: npm install @grpc/grpc-js\n');
});

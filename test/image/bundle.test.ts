import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpReceiver, type ReceivedCallback } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { EngineClient } from '../../packages/daemon/test-support/engine-client.js';
import { SpageClient } from '../../services/gateway/test-support/spage-client.js';
import { type Arrivals, http, receiveCallbacks, sessionOn } from '../e2e/support/arrivals.js';
import { render } from '../helm/chart.js';
import { findHelm } from '../helm/find-helm.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dockerfile = readFileSync(join(root, 'deploy', 'docker', 'Dockerfile'), 'utf8');

let folder: string;
let stack: TestStack;
let arrivals: Arrivals;

/** Runs the Dockerfile's build step, then copies what its last stage copies into an empty folder that can't be written. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-image-'));
  const [, script = '', output = ''] = /^RUN node (\S+) (\S+)$/m.exec(dockerfile) ?? [];
  const built = join(folder, 'build', output);
  const bundled = spawnSync(process.execPath, [script, built], { cwd: root, encoding: 'utf8' });
  expect(bundled.status, bundled.stderr).toBe(0);
  for (const [, from = '', to = ''] of dockerfile.matchAll(/^COPY --from=build (\S+) (\S+)$/gm)) {
    const source = from.startsWith('/src/')
      ? join(root, from.slice('/src/'.length))
      : join(folder, 'build', from);
    cpSync(source, join(folder, 'root', to), { recursive: true });
  }
  mkdirSync(join(folder, 'root', 'work'));
  chmodFolders(folder, 0o555);
  stack = await startStack({
    program: (name) => ({ args: [entry(), name], cwd: join(folder, 'root', 'work') }),
  });
  arrivals = await receiveCallbacks(stack.redis.redis);
}, 120_000);

afterAll(async () => {
  await arrivals?.close();
  await stack?.stop();
  chmodFolders(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

function entry(): string {
  const [, last = ''] = /^ENTRYPOINT \["node", "([^"]+)"\]$/m.exec(dockerfile) ?? [];
  return join(folder, 'root', last);
}

function chmodFolders(path: string, mode: number): void {
  chmodSync(path, mode);
  for (const child of readdirSync(path, { withFileTypes: true })) {
    if (child.isDirectory()) chmodFolders(join(path, child.name), mode);
  }
}

test('the image holds no packages, only what is bundled', () => {
  expect(readdirSync(join(folder, 'root', 'app')).sort()).toEqual([
    'LICENSE',
    'bin',
    'dashboard',
    'generated',
    'package.json',
    'protos',
    'scripts',
  ]);
});

test('the daemon of the image checks its configuration, and runs an engine under its guard', async () => {
  const state = mkdtempSync(join(tmpdir(), 'boomerang-daemon-'));
  onTestFinished(() => rmSync(state, { recursive: true, force: true, maxRetries: 5 }));
  writeFileSync(join(state, 'play.sh'), 'echo "reports to $1"');
  const command = ['sh', '{playbook}', '{daemon}'];
  const engines = { shell: { command, folders: [state], verdict: 'exit_code' } };
  writeFileSync(join(state, 'engines.yaml'), JSON.stringify({ engines }));
  const env = {
    PATH: process.env.PATH,
    BOOMERANG_DAEMON_ENGINES: join(state, 'engines.yaml'),
    BOOMERANG_DAEMON_STATE: join(state, 'state'),
    BOOMERANG_DAEMON_GRPC_PORT: '0',
    BOOMERANG_HTTP_PORT: '0',
  };
  const checked = spawnSync(process.execPath, [entry(), 'daemon', 'check'], { env, encoding: 'utf8' });
  expect(checked).toMatchObject({ status: 0, stdout: expect.stringContaining('{playbook} {daemon}') });
  const daemon = spawn(process.execPath, [entry(), 'daemon'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void daemon.kill('SIGKILL'));
  let log = '';
  daemon.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const port = await waitFor(() => /"grpc":(\d+)/.exec(log)?.[1], { message: 'the daemon' });
  const client = new EngineClient(`127.0.0.1:${port}`);
  await client.call('executeTask', { taskId: 't1', playbook: 'play.sh' });
  const output = await waitFor(
    async () => (await client.call('getTaskStatus', { taskId: 't1' })).task?.result?.output || undefined,
    { message: 'what the engine wrote' },
  );
  expect(output).toMatch(/^reports to 127\.0\.0\.1:\d+\n$/);
});

test('tasks go there and come back, once and again and again', async () => {
  const session = await sessionOn(stack, { callback: http(arrivals) });
  const once = await session.setTimeout('once', 200);
  const { taskId } = await session.setInterval('again', 200);
  await arrivals.waitFor(1, once.taskId);
  await arrivals.waitFor(3, taskId);
  await session.cancel(taskId);
  expect(arrivals.of(once.taskId)).toMatchObject([{ text: 'once', attempt: 1 }]);
});

test('gRPC is served, with health and reflection from the files that the bundle brings along', async () => {
  const [port = 0] = stack.grpcPorts;
  const client = new SpageClient(port, stack.token);
  expect(await client.call('healthCheck', {})).toMatchObject({ status: 'healthy' });
  expect(await client.call('submitTask', { type: 'playbook' })).toMatchObject({ success: true });
  // Reflection that could not read its files would have kept the gateway from starting.
  expect(await client.standardHealth('')).toBe('SERVING');
  client.close();
});

test('the client script makes a client whose key opens a session', async () => {
  const env = { BOOMERANG_REDIS_URL: stack.redis.url, BOOMERANG_KEY_PEPPER: stack.keyPepper };
  const made = spawnSync(process.execPath, [entry(), 'client', 'create', 'shop'], { env, encoding: 'utf8' });
  expect(made.status, made.stderr).toBe(0);
  const session = await sessionOn(stack, { token: made.stdout.trim(), callback: http(arrivals) });
  const { taskId } = await session.setTimeout('from the shop', 0);
  expect(await arrivals.waitFor(1, taskId)).toMatchObject([{ clientId: 'shop' }]);
});

/** What the chart's container of a service has in its environment, with what its secrets hold on this stack. */
function environmentInChart(helm: string, component: string): Record<string, string> {
  const held: Record<string, string> = {
    'key-pepper': stack.keyPepper,
    'master-key': stack.masterKey.toString('base64'),
  };
  const deployment = render(helm, '--set', `redis.url=${stack.redis.url}`).find(
    ({ kind, metadata }) =>
      kind === 'Deployment' && metadata.labels['app.kubernetes.io/component'] === component,
  );
  const variables: { name: string; value?: string; valueFrom?: { secretKeyRef: { key: string } } }[] =
    deployment?.spec.template.spec.containers[0].env;
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => [
      name,
      value ?? held[valueFrom?.secretKeyRef.key ?? ''] ?? '',
    ]),
  );
}

test('in the pods of the chart, keys are made by a gateway and signing secrets by a worker', async (context) => {
  const helm = findHelm();
  if ('missing' in helm) return context.skip(helm.missing);
  const run = (component: string, ...args: string[]) => {
    const options = { env: environmentInChart(helm.path, component), cwd: join(folder, 'root', 'work') };
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry(), 'client', ...args], {
      ...options,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    return stdout.trim();
  };
  const token = run('gateway', 'create', 'signed-shop');
  const secret = run('worker', 'secret', 'create', 'signed-shop');
  expect(run('worker', 'secret', 'list', 'signed-shop').split('\n')).toHaveLength(1);
  const received: ReceivedCallback[] = [];
  const receiver = await createHttpReceiver({
    secrets: [secret],
    onCallback: (callback) => void received.push(callback),
  });
  const session = await sessionOn(stack, { token, callback: { protocol: 'HTTP', endpoint: receiver.url } });
  await session.setTimeout('signed', 0);
  await waitFor(() => received.length === 1, { message: 'a callback that is signed' });
  await receiver.close();
});

test.each([
  [[], 'boomerang: no command; allowed: gateway, scheduler, worker, daemon, client\n'],
  [
    ['gatevay'],
    'boomerang: unknown command "gatevay"; allowed: gateway, scheduler, worker, daemon, client\n',
  ],
])('with %j as its command it says what is allowed', (args, message) => {
  const { status, stderr } = spawnSync(process.execPath, [entry(), ...args], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 2, stderr: message });
});

test('SIGTERM reaches the service itself, which ends in order', async () => {
  for (const name of ['gateway', 'scheduler', 'worker'] as const) {
    const [service] = stack.processes[name];
    await service?.kill('SIGTERM');
    await waitFor(() => service?.logs().includes('"msg":"stopped"'), { message: `the ${name} to stop` });
  }
});

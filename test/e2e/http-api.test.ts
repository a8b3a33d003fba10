import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createHttpReceiver, type HttpReceiver, type ReceivedCallback } from '@boomerang/client';
import { createClientDirectory } from '@boomerang/redis';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFromRoot } from '../docs/markdown.js';

const run = promisify(execFile);
const received: ReceivedCallback[] = [];
let stack: TestStack;
let receiver: HttpReceiver;
let base: string;
let adminKey: string;
beforeAll(async () => {
  stack = await startStack();
  receiver = await createHttpReceiver({
    format: 'RAW',
    onCallback: (callback) => void received.push(callback),
  });
  const directory = createClientDirectory(stack.redis.redis, stack.keyPepper);
  adminKey = await directory.addKey('test', { permissions: ['admin'] });
  base = `http://127.0.0.1:${stack.httpPorts.gateway[0]}`;
});
afterAll(async () => {
  await receiver?.close();
  await stack?.stop();
});

const page = readFromRoot('docs/http-api.md');
const commands = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, command = '']) => command);
const [
  smallest = '',
  list = '',
  stats = '',
  forecast = '',
  named = '',
  batch = '',
  policy = '',
  replay = '',
  preview = '',
  follow = '',
  admin = '',
  wrong = '',
] = commands;

async function print(command: string): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    URL: base,
    KEY: stack.token,
    ADMIN_KEY: adminKey,
    HOOK: receiver.url,
  };
  const { stdout } = await run('bash', ['-c', command], { env });
  return stdout;
}

/** What the command prints, as JSON. */
const shell = async (command: string) => JSON.parse(await print(command));

describe('the page about the HTTP API', () => {
  test('has the examples that are run here', () => {
    expect(commands).toHaveLength(12);
  });

  test('begins with a task that comes back as bare JSON', async () => {
    const { id, state } = await shell(smallest);
    expect(state).toBe('scheduled');
    await waitFor(() => received.length > 0, { message: 'the callback' });
    const [{ payload, headers, taskId } = { payload: new Uint8Array(), headers: {}, taskId: '' }] = received;
    expect(Buffer.from(payload).toString()).toBe('{"hello":"world"}');
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
    expect(taskId).toBe(id);
    const shown = () => shell(`curl -s $URL/v1/tasks/${id} -H "Authorization: Bearer $KEY"`);
    await waitFor(async () => (await shown()).state === 'delivered', { message: 'the end of the task' });
    expect(await shown()).toMatchObject({ attempts: [{ attempt: 1, outcome: 'delivered' }] });
  });

  test('tells what happened, as every process of the stack wrote it down, and what is to come', async () => {
    await waitFor(async () => (await shell(stats)).total.delivered === 1, { message: 'the summary' });
    expect(await shell(stats)).toMatchObject({
      total: { registered: 1, http: 1, lateness: { p50: expect.any(Number) } },
      waiting: { tasks: 0, deadLetters: 0 },
    });
    expect(await shell(forecast)).toMatchObject({ before: 0, after: 0, slot: 60_000 });
  });

  test('has callbacks that belong to the trace of the registration', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const traced = `${smallest.trim().replace('2s', '0s')} -H 'traceparent: ${trace}'`;
    const { id } = await shell(traced);
    await waitFor(() => received.some(({ taskId }) => taskId === id), { message: 'the callback' });
    expect(received.find(({ taskId }) => taskId === id)?.headers).toMatchObject({ traceparent: trace });
  });

  test('has a list, a name for a registration, and a problem that is told as it says', async () => {
    const { id } = await shell(named);
    expect(await shell(named)).toMatchObject({ id });
    expect((await shell(list)).tasks).toMatchObject([{ id, text: 'remind me' }]);
    expect(page).toContain(JSON.stringify(await shell(wrong)));
  });

  test('has a batch, of which what is wrong is told by itself', async () => {
    const { results } = await shell(batch);
    expect(results).toMatchObject([{ state: 'scheduled' }, { code: 'invalid_request', field: 'callback' }]);
  });

  test('has a replay of dead letters and the times of a schedule', async () => {
    expect(await shell(replay)).toEqual({ replayed: [], refused: [], nextCursor: null });
    expect((await shell(preview)).times).toHaveLength(3);
  });

  test('has a policy by name', async () => {
    expect(await shell(policy)).toMatchObject({ default: true, callback: { headerNames: ['x-api-key'] } });
    const { id } = await shell(smallest.replace(/"callback":.*?\},/, ''));
    await waitFor(() => received.some(({ taskId }) => taskId === id), { message: 'the callback' });
    expect(received.find(({ taskId }) => taskId === id)?.headers).toMatchObject({
      'x-api-key': 'a secret of the receiver',
    });
  });

  test('has a client that is made', async () => {
    expect(await shell(admin)).toMatchObject({ id: 'web', key: { key: expect.stringMatching(/^bmr_/) } });
  });

  test('has a stream of events', async () => {
    const following = print(`timeout 3 ${follow.trim()} || true`);
    await sleep(500);
    const { id } = await shell(smallest.replace('2s', '0s'));
    expect(await following).toMatch(
      new RegExp(`^event: task.delivered\\nid: .*\\ndata: .*"taskId":"${id}"`, 'm'),
    );
  });
});

test('metrics and health are on the same port', async () => {
  for (const path of ['/livez', '/readyz']) expect((await fetch(base + path)).status).toBe(200);
  const metrics = await (await fetch(`${base}/metrics`)).text();
  expect(metrics).toContain('boomerang_gateway_requests_total{operation="registerTask",code="ok"}');
});

test('a peer that sends its header slowly is cut off', { timeout: 20_000 }, async () => {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write('GET /v1/tasks HTTP/1.1\r\n');
  const drip = setInterval(() => socket.write('x: y\r\n'), 500);
  await new Promise((resolve) => socket.resume().once('close', resolve));
  clearInterval(drip);
});

test('without Redis a registration is told to be repeated, and with it again it is taken', async () => {
  const body = JSON.stringify({ delay: '1h', callback: { url: receiver.url } });
  const headers = { authorization: `Bearer ${stack.token}`, 'content-type': 'application/json' };
  const register = () => fetch(`${base}/v1/tasks`, { method: 'POST', headers, body });
  await stack.redis.kill();
  const refused = await register();
  expect([503, 504]).toContain(refused.status);
  expect(await refused.json()).toMatchObject({
    status: refused.status,
    code: expect.stringMatching(/^(unavailable|outcome_unknown)$/),
  });
  await stack.redis.restart();
  await waitFor(async () => (await register()).status === 201, {
    message: 'registrations to be taken again',
  });
});

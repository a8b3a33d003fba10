import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  createHttpReceiver,
  type HttpReceiver,
  type HttpReceiverOptions,
  type ReceivedCallback,
  verifyCallback,
} from '@boomerang/client';
import { openSigningSecrets } from '@boomerang/redis';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { sessionOn } from './support/arrivals.js';

const run = promisify(execFile);
const cli = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));
const receivers: HttpReceiver[] = [];
let stack: TestStack;
beforeAll(async () => {
  stack = await startStack();
});
afterEach(async () => {
  for (const receiver of receivers.splice(0)) await receiver.close();
});
afterAll(() => stack?.stop());

/** Runs the client script; what it prints. */
async function secret(...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    BOOMERANG_REDIS_URL: stack.redis.url,
    BOOMERANG_MASTER_KEY: stack.masterKey.toString('base64'),
  };
  const { stdout } = await run(process.execPath, [cli, 'client', 'secret', ...args], { env });
  return stdout.trim();
}

/** What arrives when a task of the client comes due. */
async function callbackOf(
  token: string,
  payload: string,
  { format = 'RAW', secrets }: Pick<HttpReceiverOptions, 'format' | 'secrets'> = {},
): Promise<ReceivedCallback> {
  const seen: ReceivedCallback[] = [];
  const onCallback = (callback: ReceivedCallback) => void seen.push(callback);
  const receiver = await createHttpReceiver({ format, ...(secrets && { secrets }), onCallback });
  receivers.push(receiver);
  const callback = { protocol: 'HTTP', endpoint: receiver.url, format } as const;
  await (await sessionOn(stack, { token, callback })).setTimeout(payload, 0);
  await waitFor(() => seen.length === 1, { message: 'the callback' });
  return seen[0] as ReceivedCallback;
}

test('a client without a secret is called back unsigned', async () => {
  const { headers, payload } = await callbackOf(await stack.createClient('plain'), 'payload');
  expect(Buffer.from(payload).toString()).toBe('payload');
  expect(Object.keys(headers).filter((name) => name.startsWith('webhook-'))).toEqual([]);
});

test('callbacks verify by the published package and by the SDK, with the old secret and the new one', async () => {
  const token = await stack.createClient('shop');
  const first = await secret('create', 'shop');
  const second = await secret('rotate', 'shop');
  expect([first, second]).toEqual([expect.stringMatching(/^whsec_/), expect.stringMatching(/^whsec_/)]);
  const text = '{"order":"5 €"}';
  const { headers, payload, taskId } = await callbackOf(token, text);
  expect(headers['webhook-id']).toBe(`${taskId}:1`);
  for (const one of [first, second]) {
    verifyCallback(headers, payload, [one]);
    expect(new Webhook(one).verify(text, headers as Record<string, string>)).toEqual({ order: '5 €' });
  }
  for (const format of ['ENVELOPE', 'RAW'] as const) {
    await callbackOf(token, text, { format, secrets: [second] });
  }
});

test('a receiver that trusts another secret refuses, and the task is tried again', async () => {
  const token = await stack.createClient('mistaken');
  await (await openSigningSecrets(stack.redis.redis, stack.masterKey)).add('mistaken');
  const receiver = await createHttpReceiver({
    format: 'RAW',
    secrets: [`whsec_${Buffer.alloc(32).toString('base64')}`],
    onCallback: () => expect.unreachable(),
  });
  receivers.push(receiver);
  const callback = { protocol: 'HTTP', endpoint: receiver.url, format: 'RAW' } as const;
  const session = await sessionOn(stack, { token, callback });
  const { taskId } = await session.setTimeout('x', 0);
  await waitFor(async () => (await session.get(taskId)).state === 'retrying', {
    message: 'a failed attempt',
  });
});

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeEnvelope, encodeEnvelope, formatWebhookSecret, signWebhook } from '@boomerang/protocol';
import { fastify } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReceivedCallback } from '../callback.js';
import { DeadLetter, RetryAfter, StopRecurrence } from '../verdict-errors.js';
import { fastifyCallbacks } from './fastify-callbacks.js';
import { createFetchHandler } from './fetch-handler.js';
import type { HttpHandlerOptions } from './http-handler-options.js';
import { createNodeHandler, type NodeRequest } from './node-handler.js';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

type Post = (body: Buffer, headers?: Record<string, string>) => Promise<Response>;

/** Each way to mount a handler; how to post to it. */
const mounts: Record<string, (options: HttpHandlerOptions) => Promise<Post>> = {
  'node:http': async (options) => postTo(await serve(createNodeHandler(options))),
  'express behind a raw body parser': async (options) => {
    const handle = createNodeHandler(options);
    const app: RequestListener = (request: NodeRequest, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        request.body = Buffer.concat(chunks);
        handle(request, response);
      });
    };
    return postTo(await serve(app));
  },
  fastify: async (options) => {
    const app = fastify();
    app.post('/json', async ({ body }) => body);
    await app.register(fastifyCallbacks(options), { prefix: '/callbacks' });
    closing.push(() => app.close());
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return postTo(`${url}/callbacks`);
  },
  fetch: async (options) => {
    const handle = createFetchHandler(options);
    return (body, headers) =>
      handle(
        new Request('http://x/', { method: 'POST', body: Uint8Array.from(body), headers: headers ?? {} }),
      );
  },
};

function postTo(url: string): Post {
  return (body, headers = {}) => {
    const type = { 'content-type': 'application/x-protobuf' };
    return fetch(url, { method: 'POST', body: Uint8Array.from(body), headers: { ...type, ...headers } });
  };
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const request = { taskId: 't', clientId: 'c', payload: Buffer.from('hi'), occurrence: 1, scheduledTimeMs: 1 };
const callback = (attempt: number, occurrence = 1) =>
  encodeEnvelope({ callbackRequest: { ...request, attempt, occurrence } });

function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

describe.each(Object.entries(mounts))('a handler on %s', (_, mount) => {
  test('is called with the callback and acknowledges it', async () => {
    const seen: ReceivedCallback[] = [];
    const post = await mount({ onCallback: (received) => void seen.push(received) });
    const response = await post(callback(1));
    expect(response.status).toBe(200);
    const answer = decodeEnvelope(Buffer.from(await response.arrayBuffer()));
    expect(answer.callbackResponse).toMatchObject({ status: 0, verdict: 0 });
    expect(seen).toMatchObject([{ taskId: 't', attempt: 1, payload: request.payload }]);
  });

  test.each<[string, Error, object]>([
    ['RetryAfter', new RetryAfter(5_000, 'busy'), { status: 1, retryAfterMs: 5_000, errorMessage: 'busy' }],
    ['StopRecurrence', new StopRecurrence(), { status: 0, verdict: 3 }],
    ['DeadLetter', new DeadLetter('never'), { status: 1, verdict: 2, errorMessage: 'never' }],
    ['any error', new Error('no'), { status: 1, verdict: 0, errorMessage: 'no' }],
  ])('turns a thrown %s into the verdict', async (_name, error, expected) => {
    const post = await mount({ onCallback: () => Promise.reject(error) });
    const answer = decodeEnvelope(Buffer.from(await (await post(callback(1))).arrayBuffer()));
    expect(answer.callbackResponse).toMatchObject(expected);
  });

  test('refuses what is not signed, and takes what is', async () => {
    const key = Buffer.alloc(32, 7);
    const post = await mount({ secrets: [formatWebhookSecret(key)], onCallback: () => undefined });
    expect((await post(callback(1))).status).toBe(401);
    const { id, timestamp, signature } = signWebhook(
      [key],
      { id: 'm', timestamp: nowSeconds() },
      callback(1),
    );
    const names = {
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signature,
    };
    expect((await post(callback(1), names)).status).toBe(200);
    expect((await post(callback(2), names)).status).toBe(401);
  });

  test('refuses what is no callback', async () => {
    const post = await mount({ onCallback: () => undefined });
    expect((await post(Buffer.from('no envelope'))).status).toBe(400);
    expect((await post(Buffer.alloc(1_200_000))).status).toBe(413);
  });

  test('is called once for each occurrence that is done, if asked, and again for one that failed', async () => {
    const calls: string[] = [];
    const post = await mount({
      deduplicate: true,
      onCallback: ({ occurrence, attempt }) => {
        calls.push(`${occurrence}/${attempt}`);
        if (attempt === 1) throw new Error('once more');
        return { stop: true };
      },
    });
    for (const [attempt, occurrence] of [
      [1, 1],
      [2, 1],
      [3, 1],
      [2, 2],
    ] as const) {
      await post(callback(attempt, occurrence));
    }
    expect(calls).toEqual(['1/1', '1/2', '2/2']);
  });
});

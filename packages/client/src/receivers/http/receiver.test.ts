import {
  boomerang,
  decodeEnvelope,
  encodeEnvelope,
  formatWebhookSecret,
  MAX_FRAME_BYTES,
  signWebhook,
} from '@boomerang/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReceivedCallback } from '../callback.js';
import type { HttpVerdict } from './http-answer.js';
import { createHttpReceiver, type HttpReceiver } from './receiver.js';

let receiver: HttpReceiver | undefined;
afterEach(() => receiver?.close());

const payload = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const callbackRequest = {
  taskId: 't',
  clientId: 'c',
  payload,
  occurrence: 2,
  attempt: 3,
  scheduledTimeMs: 1_700_000_000_123,
};

async function post(
  onCallback: (callback: ReceivedCallback) => HttpVerdict | Promise<HttpVerdict>,
  body: Buffer = encodeEnvelope({ callbackRequest }),
) {
  receiver = await createHttpReceiver({ onCallback });
  const headers = { 'content-type': 'application/x-protobuf', 'boomerang-attempt': '3' };
  const response = await fetch(receiver.url, { method: 'POST', body: Uint8Array.from(body), headers });
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
}

describe('an HTTP receiver', () => {
  test('hands over the callback with every byte, its headers and its time', async () => {
    const received: ReceivedCallback[] = [];
    const before = Date.now();
    await post((callback) => void received.push(callback));
    expect(received).toEqual([
      {
        ...callbackRequest,
        tags: [],
        headers: expect.objectContaining({ 'boomerang-attempt': '3' }),
        receivedAtMs: expect.any(Number),
      },
    ]);
    expect(received[0]?.receivedAtMs).toBeGreaterThan(before - 5);
    expect(received[0]?.receivedAtMs).toBeLessThan(Date.now() + 5);
  });

  test.each<[string, () => HttpVerdict | Promise<HttpVerdict>]>([
    ['nothing', () => undefined],
    ['OK', () => 'OK'],
    ['a promise', async () => undefined],
  ])('acknowledges by an envelope when the handler returns %s', async (_, handler) => {
    const { status, body } = await post(handler);
    expect(status).toBe(200);
    expect(decodeEnvelope(body)).toMatchObject({
      payload: 'callbackResponse',
      callbackResponse: { status: 0 },
    });
  });

  test.each<[string, () => HttpVerdict | Promise<HttpVerdict>]>([
    ['returns an error', () => ({ error: 'no' })],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('tells the failure in the envelope when the handler %s', async (_, handler) => {
    const { status, body } = await post(handler);
    expect(status).toBe(200);
    expect(decodeEnvelope(body).callbackResponse).toMatchObject({
      status: boomerang.Status.ERROR,
      errorMessage: 'no',
    });
  });

  test('answers the bare status that the handler asks for', async () => {
    expect(await post(() => ({ httpStatus: 503 }))).toEqual({ status: 503, body: Buffer.alloc(0) });
  });

  test.each([99, 100, 204.5, 600, '200'])(
    'fails what the handler answered with the status %o',
    async (status) => {
      const { body } = await post(() => ({ httpStatus: status as number }));
      expect(decodeEnvelope(body).callbackResponse).toMatchObject({
        status: boomerang.Status.ERROR,
        errorMessage: expect.stringMatching(
          /^httpStatus: .* can't be used; allowed: a whole number from 200 to 599$/,
        ),
      });
    },
  );

  test('refuses what is no callback', async () => {
    const never = () => {
      throw new Error('must not be called');
    };
    expect((await post(never, Buffer.from('hello'))).status).toBe(400);
    expect((await post(never, encodeEnvelope({ callbackResponse: {} }))).status).toBe(400);
    expect((await post(never, Buffer.alloc(MAX_FRAME_BYTES + 1))).status).toBe(413);
    expect((await fetch(receiver?.url ?? '')).status).toBe(405);
  });

  test('takes a payload of 1 MiB, and closes twice', async () => {
    const large = Buffer.alloc(1_048_576, 7);
    let bytes = 0;
    const body = encodeEnvelope({ callbackRequest: { payload: large } });
    await post((callback) => {
      bytes = callback.payload.length;
    }, body);
    expect(bytes).toBe(large.length);
    await receiver?.close();
  });

  describe('of raw bodies', () => {
    const headers = {
      'boomerang-task-id': 't',
      'boomerang-client-id': 'c',
      'boomerang-occurrence': '2',
      'boomerang-attempt': '3',
      'boomerang-scheduled-time-ms': '1700000000123',
    };
    async function postRaw(changes: Record<string, string>, secrets?: string[]) {
      const seen: ReceivedCallback[] = [];
      receiver = await createHttpReceiver({
        format: 'RAW',
        ...(secrets && { secrets }),
        onCallback: (callback) => void seen.push(callback),
      });
      const request = { method: 'POST', body: Uint8Array.from(payload), headers: { ...headers, ...changes } };
      return { status: (await fetch(receiver.url, request)).status, seen };
    }

    test('takes the payload from the body and the rest from the headers', async () => {
      const { status, seen } = await postRaw({});
      expect(status).toBe(200);
      expect(seen).toMatchObject([
        { ...callbackRequest, latenessMs: undefined, tags: [], idempotencyKey: undefined },
      ]);
      await receiver?.close();
      const told = {
        'boomerang-lateness-ms': '0',
        'boomerang-tags': 'order,a%20b,gr%C3%B6%C3%9Fe',
        'boomerang-idempotency-key': 'order%207%2C',
      };
      expect((await postRaw(told)).seen).toMatchObject([
        { latenessMs: 0, tags: ['order', 'a b', 'größe'], idempotencyKey: 'order 7,' },
      ]);
    });

    test('refuses what does not say which callback it is', async () => {
      for (const name of ['boomerang-occurrence', 'boomerang-attempt', 'boomerang-scheduled-time-ms']) {
        expect(await postRaw({ [name]: 'x' })).toEqual({ status: 400, seen: [] });
        await receiver?.close();
      }
    });

    test('with secrets takes what one of them signed, and answers 401 to the rest', async () => {
      const key = Buffer.alloc(32, 5);
      const signed = signWebhook([key], { id: 't:2', timestamp: Math.floor(Date.now() / 1_000) }, payload);
      const signature = {
        'webhook-id': signed.id,
        'webhook-timestamp': String(signed.timestamp),
        'webhook-signature': signed.signature,
      };
      const secrets = [formatWebhookSecret(key)];
      expect(await postRaw(signature, secrets)).toMatchObject({ status: 200, seen: [{ taskId: 't' }] });
      await receiver?.close();
      expect(await postRaw({ ...signature, 'webhook-id': 't:3' }, secrets)).toEqual({
        status: 401,
        seen: [],
      });
      await receiver?.close();
      expect(await postRaw({}, secrets)).toEqual({ status: 401, seen: [] });
    });
  });
});

import { boomerang, decodeEnvelope, encodeEnvelope, MAX_FRAME_BYTES } from '@boomerang/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallbackVerdict, ReceivedCallback } from './callback.js';
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
  onCallback: (callback: ReceivedCallback) => CallbackVerdict | Promise<CallbackVerdict>,
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
        headers: expect.objectContaining({ 'boomerang-attempt': '3' }),
        receivedAtMs: expect.any(Number),
      },
    ]);
    expect(received[0]?.receivedAtMs).toBeGreaterThan(before - 5);
    expect(received[0]?.receivedAtMs).toBeLessThan(Date.now() + 5);
  });

  test.each<[string, () => CallbackVerdict | Promise<CallbackVerdict>]>([
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

  test.each<[string, () => CallbackVerdict | Promise<CallbackVerdict>]>([
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
});

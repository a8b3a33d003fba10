import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  boomerang,
  decodeEnvelope,
  encodeEnvelope,
  encodeFrame,
  FrameDecoder,
  formatWebhookSecret,
  signWebhook,
} from '@boomerang/protocol';
import { Client, credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from 'vitest';
import type { CallbackVerdict, ReceivedCallback } from './callback.js';
import { callbackService } from './grpc/callback-service.js';
import { createGrpcReceiver } from './grpc/receiver.js';
import { createHttpReceiver } from './http/receiver.js';
import type { ReceiverOptions } from './receiver-options.js';
import { createTcpReceiver } from './tcp/receiver.js';
import { createUdpReceiver } from './udp/receiver.js';
import { DeadLetter, RetryAfter, StopRecurrence } from './verdict-errors.js';

type Request = boomerang.CallbackRequest.$Properties;
type Response = boomerang.CallbackResponse.$Properties;
interface Opened {
  call(request: Request): Promise<Response>;
  close(): Promise<void>;
}

const { Status } = boomerang;
const { Verdict } = boomerang.CallbackResponse;
const REQUEST_ID = 77;

const portOf = (endpoint: string) => Number(endpoint.split(':').at(-1));

function answerIn(envelope: Buffer): Response {
  const { requestId, callbackResponse } = decodeEnvelope(envelope);
  expect(requestId).toBe(REQUEST_ID);
  return callbackResponse ?? {};
}

const wires: Record<string, (options: ReceiverOptions) => Promise<Opened>> = {
  async HTTP(options) {
    const { url, close } = await createHttpReceiver(options);
    return {
      close,
      async call(callbackRequest) {
        const body = Uint8Array.from(encodeEnvelope({ callbackRequest }));
        const response = await fetch(url, { method: 'POST', body });
        return decodeEnvelope(Buffer.from(await response.arrayBuffer())).callbackResponse ?? {};
      },
    };
  },
  async gRPC(options) {
    const { endpoint, close } = await createGrpcReceiver(options);
    return {
      close,
      call(request) {
        const client = new Client(endpoint, credentials.createInsecure());
        const { path, requestSerialize, responseDeserialize } = callbackService.onTaskExpired;
        return new Promise<Response>((resolve, reject) => {
          client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) =>
            error ? reject(error) : resolve(response ?? {}),
          );
        }).finally(() => client.close());
      },
    };
  },
  async TCP(options) {
    const { endpoint, close } = await createTcpReceiver(options);
    return {
      close,
      async call(callbackRequest) {
        const socket = connect(portOf(endpoint), '127.0.0.1');
        socket.write(encodeFrame({ requestId: REQUEST_ID, callbackRequest }));
        const decoder = new FrameDecoder();
        for await (const chunk of socket) {
          const [frame] = decoder.push(chunk as Buffer);
          if (frame) return answerIn(frame);
        }
        throw new Error('no answer');
      },
    };
  },
  async UDP(options) {
    const { endpoint, close } = await createUdpReceiver(options);
    return {
      close,
      async call(callbackRequest) {
        const socket = createSocket('udp4');
        const answered = once(socket, 'message');
        socket.send(
          encodeEnvelope({ requestId: REQUEST_ID, callbackRequest }),
          portOf(endpoint),
          '127.0.0.1',
        );
        const [answer] = (await answered) as [Buffer];
        socket.close();
        return answerIn(answer);
      },
    };
  },
};

/** A promise of some library's own. */
const thenable = (verdict: CallbackVerdict) => () =>
  // biome-ignore lint/suspicious/noThenProperty: that is what makes it one.
  ({ then: (resolve: (value: CallbackVerdict) => void) => resolve(verdict) }) as Promise<CallbackVerdict>;

const WITHOUT_TIME = {
  status: Status.ERROR,
  errorMessage: expect.stringMatching(/^pauseMs: NaN can't be used; allowed: a whole number of milliseconds/),
};

/** A handler that throws at once, not in a promise. */
const thrown = (error: Error) => (): never => {
  throw error;
};

let opened: Opened | undefined;
afterEach(() => opened?.close());

const request = {
  taskId: 't',
  clientId: 'c',
  payload: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  occurrence: 2,
  attempt: 3,
  scheduledTimeMs: 1_700_000_000_123,
  latenessMs: 0,
  tags: ['order', 'größe'],
  idempotencyKey: 'order-7',
};

describe.each(Object.entries(wires))('a receiver on %s', (wire, open) => {
  test('hands over the callback with every byte, and its time', async () => {
    const received: ReceivedCallback[] = [];
    opened = await open({ onCallback: (callback) => void received.push(callback) });
    const before = Date.now();
    await opened.call(request);
    expect(received).toHaveLength(1);
    const { payload, receivedAtMs, headers: _headers, ...rest } = received[0] as ReceivedCallback;
    const { payload: sent, ...expected } = request;
    expect(rest).toEqual(expected);
    expect(Buffer.compare(Buffer.from(payload), sent)).toBe(0);
    expect(receivedAtMs).toBeGreaterThan(before - 5);
    expect(receivedAtMs).toBeLessThan(Date.now() + 5);
  });

  test.each<[string, () => CallbackVerdict | Promise<CallbackVerdict>, Response]>([
    ['nothing', () => undefined, { status: Status.OK, verdict: 0 }],
    ['a promise of OK', async (): Promise<CallbackVerdict> => 'OK', { status: Status.OK, verdict: 0 }],
    ['an error', () => ({ error: 'no' }), { status: Status.ERROR, errorMessage: 'no', verdict: 0 }],
    [
      'an error with a time',
      () => ({ error: 'no', retryAfterMs: 5_000 }),
      { status: Status.ERROR, errorMessage: 'no', verdict: Verdict.RETRY, retryAfterMs: 5_000 },
    ],
    [
      'a dead letter',
      () => ({ deadLetter: 'never' }),
      { status: Status.ERROR, errorMessage: 'never', verdict: Verdict.DEAD_LETTER },
    ],
    ['a stop', () => ({ stop: true }), { status: Status.OK, verdict: Verdict.STOP_RECURRENCE }],
    ['a rejection', () => Promise.reject(new Error('no')), { status: Status.ERROR, errorMessage: 'no' }],
    [
      'a thrown RetryAfter',
      thrown(new RetryAfter(5_000, 'busy')),
      { retryAfterMs: 5_000, errorMessage: 'busy' },
    ],
    ['a RetryAfter without a time', async () => Promise.reject(new RetryAfter(Number.NaN)), WITHOUT_TIME],
    ['a thrown StopRecurrence', thrown(new StopRecurrence()), { verdict: Verdict.STOP_RECURRENCE }],
    [
      'a thrown DeadLetter',
      thrown(new DeadLetter('never')),
      { status: Status.ERROR, errorMessage: 'never', verdict: Verdict.DEAD_LETTER },
    ],
    ['a promise of another kind', thenable({ stop: true }), { verdict: Verdict.STOP_RECURRENCE }],
  ])('answers %s', async (_verdict, onCallback, expected) => {
    opened = await open({ onCallback });
    expect(await opened.call(request)).toMatchObject(expected);
  });

  test.each<[unknown, RegExp]>([
    [true, /^what onCallback returned: true can't be used; allowed: nothing, 'OK', \{ error,/],
    [null, /^what onCallback returned: null can't/],
    ['ok', /^what onCallback returned: "ok" can't/],
    [{}, /^what onCallback returned: it says nothing; allowed: /],
    [{ stop: false }, /^what onCallback returned: it says nothing/],
    [{ stop: true, retryAfterMs: 5 }, /^retryAfterMs: there is no such option; allowed: stop/],
    [{ error: new Error('no') }, /^error: an object of the kind Error can't be used; allowed: a text/],
    [{ deadLetter: true }, /^deadLetter: true can't be used/],
    [{ error: 'full', retryAfterMs: Number.NaN }, /^full; besides, retryAfterMs: NaN can't be used/],
    [{ error: 'full', retryAfterMs: -1 }, /^full; besides, retryAfterMs: -1 can't be used/],
    [{ error: 'full', retryAfter: 5 }, /^retryAfter: there is no such option; allowed: error, retryAfterMs/],
  ])('fails what the handler answered with %o, and says why', async (verdict, message) => {
    for (const returned of [verdict, Promise.resolve(verdict)]) {
      opened = await open({ onCallback: () => returned as CallbackVerdict });
      const answer = await opened.call(request);
      expect(answer).toMatchObject({ status: Status.ERROR, verdict: 0 });
      expect(answer.errorMessage).toMatch(message);
      await opened.close();
    }
  });

  test('calls its handler once for each occurrence that is done, if asked', async () => {
    let calls = 0;
    opened = await open({ deduplicate: true, onCallback: () => void calls++ });
    await opened.call(request);
    expect(await opened.call({ ...request, attempt: 9 })).toMatchObject({ status: Status.OK });
    expect(calls).toBe(1);
    await opened.call({ ...request, occurrence: 99 });
    expect(calls).toBe(2);
  });

  // An HTTP receiver checks what its headers sign, and has tests of its own for that.
  const testSigned = wire === 'HTTP' ? () => undefined : test;
  testSigned('refuses what none of its secrets signed', async () => {
    const key = Buffer.alloc(32, 1);
    let calls = 0;
    opened = await open({ secrets: [formatWebhookSecret(key)], onCallback: () => void calls++ });
    const at = { id: 't:2', timestamp: Math.floor(Date.now() / 1_000) };
    const signedBy = (by: Buffer) => {
      const { id, timestamp, signature } = signWebhook([by], at, request.payload);
      return { ...request, webhookId: id, webhookTimestamp: timestamp, webhookSignature: signature };
    };
    expect(await opened.call(request)).toMatchObject({ errorMessage: 'the callback is not signed' });
    const wrong = await opened.call(signedBy(Buffer.alloc(32, 2)));
    expect(wrong).toMatchObject({ status: Status.ERROR, errorMessage: 'the signature is wrong' });
    expect(calls).toBe(0);
    expect(await opened.call(signedBy(key))).toMatchObject({ status: Status.OK });
    expect(calls).toBe(1);
  });

  test('closes twice', async () => {
    opened = await open({ onCallback: () => undefined });
    await opened.close();
  });
});

test('a TCP receiver cuts a connection that carries anything but callbacks', async () => {
  const receiver = await createTcpReceiver({ onCallback: () => undefined });
  for (const bytes of [
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    Buffer.from([0, 0, 0, 1, 0xff]),
    encodeFrame({ callbackResponse: {} }),
  ]) {
    const socket = connect(portOf(receiver.endpoint), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(bytes);
    await once(socket, 'close');
  }
  await receiver.close();
});

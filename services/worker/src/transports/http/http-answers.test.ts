import { AddressGuard } from '@boomerang/address-guard';
import { afterEach, describe, expect, test } from 'vitest';
import { aMessage, sinkOptions } from '../../../test-support/a-message.js';
import { anOccurrence } from '../../../test-support/an-occurrence.js';
import { type AnswerRow, httpAnswers } from '../../../test-support/http-answers/http-answers.js';
import { startRawHttpReceiver } from '../../../test-support/receivers/raw-http.js';
import { createWebhookSink } from '../../dead-letter-sinks/webhook.js';
import { AnswerParser } from './answer/answer-parser.js';
import { createHttpTransport } from './http.js';

const PLAIN = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Answers the first request with the example and all others plainly. */
async function receiverOf(example: string, { ends }: AnswerRow) {
  const receiver = await startRawHttpReceiver((socket, request) => {
    socket.write(request === 1 ? example : PLAIN, 'latin1');
    if (request === 1 && ends) socket.end();
  });
  cleanUps.push(() => receiver.stop());
  return receiver;
}

/** Makes an attempt that gets the example, then one that gets a plain answer; answers what became of the first. */
type Call = (url: string) => { attempt(): Promise<unknown>; close(): Promise<void> };

const callback: Call = (url) => {
  const transport = createHttpTransport({
    guard: new AddressGuard(['127.0.0.1']),
    callbackConnectTimeoutMs: 5_000,
    callbackTimeoutMs: 5_000,
    callbackIdleMs: 5_000,
  });
  const attempt = () => transport.send({ protocol: 'HTTP', endpoint: url }, anOccurrence(), () => undefined);
  return { attempt, close: () => transport.close() };
};

const deadLetter: Call = (url) => {
  const sink = createWebhookSink(sinkOptions({ timeoutMs: 5_000 }));
  const delivered = { kind: 'delivered' };
  const attempt = () =>
    sink.send({ kind: 'webhook', url }, aMessage()).then(
      () => delivered,
      ({ message }: Error) => ({ error: message }),
    );
  return { attempt, close: () => sink.close() };
};

function expected({ becomes, words }: AnswerRow) {
  if (becomes === 'delivered') return { kind: 'delivered' };
  return { kind: 'retryable', errorClass: becomes, error: expect.stringMatching(words ?? '') };
}

describe.each(httpAnswers)('a receiver that answers $what ($becomes)', (row) => {
  const examples = row.examples.map((example) => [example.slice(0, 60), example]);

  test.each(examples)('is understood, one request each: %j', async (_shown, example) => {
    const receiver = await receiverOf(example as string, row);
    const { attempt, close } = callback(receiver.url);
    cleanUps.push(close);
    expect(await attempt()).toEqual(expected(row));
    expect(receiver.requests).toBe(1);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    expect(receiver).toMatchObject({ requests: 2, connections: row.connection === 'kept' ? 1 : 2 });
  });

  test.each(examples)('is understood by the webhook of dead letters too: %j', async (_shown, example) => {
    const receiver = await receiverOf(example as string, row);
    const { attempt, close } = deadLetter(receiver.url);
    cleanUps.push(close);
    const { kind, error } = expected(row) as { kind: string; error?: unknown };
    expect(await attempt()).toEqual(kind === 'delivered' ? { kind } : { error });
    expect(receiver.requests).toBe(1);
    expect(await attempt()).toEqual({ kind: 'delivered' });
    expect(receiver).toMatchObject({ requests: 2, connections: row.connection === 'kept' ? 1 : 2 });
  });

  test.each(examples)('means the same in whatever pieces it comes: %j', (_shown, example) => {
    const bytes = Buffer.from(example as string, 'latin1');
    const whole = parsed([bytes], row);
    const cuts = [...Array(Math.min(bytes.length, 400)).keys()];
    for (const cut of cuts) {
      expect(parsed([bytes.subarray(0, cut), bytes.subarray(cut)], row)).toEqual(whole);
    }
    const ones = Array.from(bytes, (byte) => Buffer.of(byte));
    expect(parsed(ones, row)).toEqual(whole);
  });
});

/** What the parser answers for pieces of an answer: the answer, an error, or nothing yet. */
function parsed(pieces: readonly Buffer[], { ends, words }: AnswerRow) {
  const parser = new AnswerParser();
  try {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      const whole = parser.read(piece);
      if (whole) return { status: whole.answer.status, body: whole.answer.body?.toString('latin1') };
    }
    const whole = ends ? parser.end() : undefined;
    return { status: whole?.answer.status, body: whole?.answer.body?.toString('latin1') };
  } catch (error) {
    expect((error as Error).message).toMatch(words ?? 'unexpected');
    return 'refused';
  }
}

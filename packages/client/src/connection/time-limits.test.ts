import { encodeFrame } from '@boomerang/protocol';
import { afterEach, expect, test, vi } from 'vitest';
import { closeFakeGateways, fakeGateway } from '../../test-support/fake-gateway.js';
import { connect } from './connect.js';
import type { RequestEnvelope } from './request-envelope.js';

afterEach(() => {
  vi.useRealTimers();
  closeFakeGateways();
});

const get = (taskId: string): RequestEnvelope => ({ getTaskRequest: { taskId } });

/** Answers everything but what is asked for under the name `never`, in order; answers that too once it may. */
async function gatewayThatWaits() {
  let answerNever: () => void = () => undefined;
  const { port, seen } = await fakeGateway(({ getTaskRequest }, socket) => {
    const taskId = getTaskRequest?.taskId ?? '';
    const answer = () => socket.write(encodeFrame({ getTaskResponse: { task: { taskId } } }));
    if (taskId === 'never') answerNever = answer;
    else answer();
  });
  return { port, seen, answerNever: () => answerNever() };
}

test('a request is given up when its time is over, and its late answer goes to nobody else', async () => {
  const { port, answerNever } = await gatewayThatWaits();
  const connection = await connect({ port });
  await connection.request(get('first'));
  const given = connection.request(get('never'), { timeoutMs: 30 });
  await expect(given).rejects.toMatchObject({
    name: 'RequestTimeoutError',
    code: 'timeout',
    retry: 'unsafe',
  });
  await expect(given).rejects.toThrow(/^no answer from 127\.0\.0\.1:\d+ within 30 ms; whether the request/);
  answerNever();
  const answer = await connection.request(get('next'));
  expect(answer.getTaskResponse?.task?.taskId).toBe('next');
  await connection.close();
});

test('the limit of the connection holds for what has none of its own, and a silent peer is doubted', async () => {
  const { port } = await gatewayThatWaits();
  const connection = await connect({ port, requestTimeoutMs: 30 });
  const given = connection.request(get('never'));
  await expect(given).rejects.toThrow(/within 30 ms.*nothing at all has come from there: is it .*9973/);
  await connection.close();
});

test('without any limit given, ten seconds are the limit', async () => {
  const { port } = await gatewayThatWaits();
  const connection = await connect({ port });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let error: unknown;
  const given = connection.request(get('never')).catch((thrown: unknown) => {
    error = thrown;
  });
  vi.advanceTimersByTime(9_999);
  await new Promise((resolve) => setImmediate(resolve));
  expect(error).toBeUndefined();
  vi.advanceTimersByTime(1);
  await given;
  expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining('within 10000 ms') });
  vi.useRealTimers();
  await connection.close();
});

test('a request is given up when its signal is aborted, with the reason of that', async () => {
  const { port, seen } = await gatewayThatWaits();
  const connection = await connect({ port });
  const reason = new Error('changed my mind');
  const giveUp = new AbortController();
  const given = connection.request(get('never'), { signal: giveUp.signal });
  giveUp.abort(reason);
  await expect(given).rejects.toBe(reason);
  const { bytes } = seen;
  await expect(connection.request(get('x'), { signal: giveUp.signal })).rejects.toBe(reason);
  await connection.request(get('next'), { timeoutMs: 1_000 }).catch(() => undefined);
  expect(seen.bytes - bytes).toBeLessThan(2 * encodeFrame(get('next')).length + 20);
  await connection.close();
});

test('one signal for thousands of requests leaks no listener and makes Node warn of none', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  const { port } = await gatewayThatWaits();
  const connection = await connect({ port });
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 2_000 }, (_, i) => connection.request(get(String(i)), { signal })));
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
  await connection.close();
});

test('a large request that waited in vain for its session to be seen was not sent, and says so', async () => {
  let answerRefresh: () => void = () => undefined;
  const asked: (string | undefined)[] = [];
  const { port } = await fakeGateway((request, socket) => {
    asked.push(request.sessionRefresh ? 'refresh' : 'registration');
    answerRefresh = () => socket.write(encodeFrame({ sessionRefreshResponse: {} }));
  });
  const connection = await connect({ port });
  const large = { sessionId: 's', registrationRequest: { payload: Buffer.alloc(5_000) } };
  const given = connection.request(large, { timeoutMs: 30 });
  await expect(given).rejects.toMatchObject({ code: 'timeout', retry: 'safe' });
  await expect(given).rejects.toThrow('the request was not sent');
  answerRefresh();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(asked).toEqual(['refresh']);
  await connection.close();
});

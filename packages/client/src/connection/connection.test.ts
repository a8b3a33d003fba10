import { boomerang, encodeFrame } from '@boomerang/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeFakeGateways, fakeGateway, unusedPort } from '../../test-support/fake-gateway.js';
import { BoomerangClientError } from './client-error.js';
import { connect } from './connect.js';
import { ConnectionClosedError } from './connection-closed-error.js';
import type { RequestEnvelope } from './request-envelope.js';

afterEach(closeFakeGateways);

const get = (taskId: string, requestId = 0): RequestEnvelope => ({ getTaskRequest: { taskId }, requestId });

describe('a connection', () => {
  test('hands 20,000 pipelined answers to their requests in order, in far fewer writes', async () => {
    const { port, seen } = await fakeGateway(({ getTaskRequest }, socket) =>
      socket.write(encodeFrame({ getTaskResponse: { task: { taskId: getTaskRequest?.taskId ?? '' } } })),
    );
    const connection = await connect({ port });
    const answers = await Promise.all(
      Array.from({ length: 20_000 }, (_, i) => connection.request(get(String(i)))),
    );
    expect(answers.every(({ getTaskResponse }, i) => getTaskResponse?.task?.taskId === String(i))).toBe(true);
    expect(seen.chunks).toBeLessThan(1_000);
    await connection.close();
  });

  test('takes an error response without a request id for the oldest request', async () => {
    const { port } = await fakeGateway(({ getTaskRequest }, socket) =>
      socket.write(
        getTaskRequest?.taskId === 'bad'
          ? encodeFrame({ errorResponse: { status: boomerang.Status.INVALID_REQUEST } })
          : encodeFrame({ getTaskResponse: {} }),
      ),
    );
    const connection = await connect({ port });
    const answers = await Promise.all([connection.request(get('bad')), connection.request(get('good'))]);
    expect(answers.map(({ payload }) => payload)).toEqual(['errorResponse', 'getTaskResponse']);
    await connection.close();
  });

  test('finds the request by its id when answers come in another order', async () => {
    const waiting: RequestEnvelope[] = [];
    const { port } = await fakeGateway((request, socket) => {
      waiting.push(request);
      if (waiting.length < 3) return;
      for (const { requestId, getTaskRequest } of waiting.reverse()) {
        const task = { taskId: getTaskRequest?.taskId ?? '' };
        socket.write(encodeFrame({ requestId: requestId ?? 0, getTaskResponse: { task } }));
      }
    });
    const connection = await connect({ port });
    const answers = await Promise.all(
      [get('a', 1), get('b', 2), get('c', 3)].map((one) => connection.request(one)),
    );
    expect(answers.map(({ getTaskResponse }) => getTaskResponse?.task?.taskId)).toEqual(['a', 'b', 'c']);
    await connection.close();
  });

  test('rejects all that is pending when the gateway goes, tells of it once, and rejects what comes later', async () => {
    const { port } = await fakeGateway((_, socket) => socket.resetAndDestroy());
    const closings: (Error | undefined)[] = [];
    const connection = await connect({ port, onClose: (error) => closings.push(error) });
    const results = await Promise.allSettled([connection.request(get('a')), connection.request(get('b'))]);
    expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected']);
    await expect(connection.request(get('c'))).rejects.toThrow(ConnectionClosedError);
    await connection.close();
    expect(closings).toEqual([
      expect.objectContaining({
        code: 'connection_lost',
        cause: expect.objectContaining({ code: 'ECONNRESET' }),
      }),
    ]);
  });

  test('sends what was requested before it closes', async () => {
    const received: string[] = [];
    const { port } = await fakeGateway(({ getTaskRequest }) => received.push(getTaskRequest?.taskId ?? ''));
    const connection = await connect({ port });
    const unanswered = connection.request(get('last'));
    unanswered.catch(() => undefined);
    await Promise.all([connection.close(), connection.close()]);
    await expect(unanswered).rejects.toThrow('the connection is closed');
    await vi.waitFor(() => expect(received).toEqual(['last']));
  });

  test('ends when the gateway sends what is no envelope', async () => {
    const { port } = await fakeGateway((_, socket) => socket.write(Buffer.from([0, 0, 0, 1, 0])));
    const connection = await connect({ port });
    await expect(connection.request(get('a'))).rejects.toThrow(/not a BoomerangEnvelope/);
  });

  test('is over with the reason that the gateway gives, though nobody asked', async () => {
    const { port } = await fakeGateway((_, socket) => {
      const refusal = { status: boomerang.Status.ERROR, errorMessage: 'at most 5 connections' };
      socket.end(
        Buffer.concat([encodeFrame({ getTaskResponse: {} }), encodeFrame({ errorResponse: refusal })]),
      );
    });
    let tell: (error: Error | undefined) => void = () => undefined;
    const closed = new Promise<Error | undefined>((resolve) => {
      tell = resolve;
    });
    const connection = await connect({ port, onClose: tell });
    await connection.request(get('a'));
    expect(await closed).toMatchObject({
      code: 'refused_by_gateway',
      cause: new BoomerangClientError('ERROR', 'at most 5 connections'),
    });
    await expect(connection.request(get('b'))).rejects.toThrow('at most 5 connections');
  });

  test('that cannot be made is an error', async () => {
    await expect(connect({ port: await unusedPort() })).rejects.toThrow('ECONNREFUSED');
  });
});

describe('before the gateway has seen a live session', () => {
  const large = (sessionId: string): RequestEnvelope => ({
    sessionId,
    registrationRequest: { payload: Buffer.alloc(5_000) },
  });

  /** Answers as a gateway that knows the session `s` does; what it was asked, in order. */
  async function gatewayWithSession() {
    const asked: string[] = [];
    const { port } = await fakeGateway(({ sessionId, ...request }, socket) => {
      const status = sessionId === 's' ? boomerang.Status.OK : boomerang.Status.SESSION_EXPIRED;
      const refresh = request.sessionRefresh ? 'refresh' : 'request';
      asked.push(`${refresh} ${sessionId}`);
      socket.write(
        encodeFrame(
          request.sessionRefresh
            ? { sessionRefreshResponse: { status } }
            : { registrationResponse: { status } },
        ),
      );
    });
    return { connection: await connect({ port }), asked };
  }

  test('large requests wait for one refresh of their session, small ones don’t', async () => {
    const { connection, asked } = await gatewayWithSession();
    const small = { sessionId: 's', registrationRequest: {} };
    await Promise.all([large('s'), large('s'), small].map((one) => connection.request(one)));
    expect(asked).toEqual(['refresh s', 'request s', 'request s', 'request s']);
    await connection.request(large('s'));
    expect(asked).toHaveLength(5);
    await connection.close();
  });

  test('a request that succeeded is as good as a refresh', async () => {
    const { connection, asked } = await gatewayWithSession();
    await connection.request({ sessionId: 's', registrationRequest: {} });
    await connection.request(large('s'));
    expect(asked).toEqual(['request s', 'request s']);
    await connection.close();
  });

  test('a large request in a session that is over fails without being sent, and others don’t', async () => {
    const { connection, asked } = await gatewayWithSession();
    const [dead, alive] = await Promise.allSettled(
      [large('old'), large('s')].map((one) => connection.request(one)),
    );
    expect(dead).toMatchObject({ status: 'rejected', reason: { status: 'SESSION_EXPIRED' } });
    expect(alive?.status).toBe('fulfilled');
    expect(asked).toEqual(['refresh old', 'refresh s', 'request s']);
    await connection.close();
  });
});

import { boomerang } from '@boomerang/protocol';
import { describe, expect, test } from 'vitest';
import { recordingConnection } from '../../test-support/recording-connection.js';
import { BoomerangClientError } from '../connection/client-error.js';
import { openSession } from './open-session.js';
import { resumeSession } from './resume-session.js';

describe('opening a session', () => {
  test('sends the token and the whole policy, and knows id and expiry from the answer', async () => {
    const connection = recordingConnection({ authResponse: { sessionId: 's', expiresAtMs: 5_000 } });
    const session = await openSession(connection, {
      token: 'bmr_1_x',
      callback: { protocol: 'HTTP', endpoint: 'http://localhost/' },
      retry: { maxAttempts: 3, strategy: 'EXPONENTIAL', intervalMs: 10, maxIntervalMs: 100 },
      dlq: { destination: 'lost' },
    });
    expect(session).toMatchObject({ sessionId: 's', expiresAtMs: 5_000 });
    expect(connection.sent[0]?.authHandshake).toMatchObject({
      authToken: 'bmr_1_x',
      callback: { protocol: boomerang.CallbackConfig.Protocol.HTTP, endpoint: 'http://localhost/' },
      retry: {
        maxAttempts: 3,
        strategy: boomerang.RetryPolicy.BackoffStrategy.EXPONENTIAL,
        intervalMs: 10,
        maxIntervalMs: 100,
      },
      dlq: { destination: 'lost' },
    });
  });

  test('asks for raw bodies', async () => {
    const connection = recordingConnection({ authResponse: { sessionId: 's' } });
    const callback = { protocol: 'HTTP', endpoint: 'http://localhost/', format: 'RAW' } as const;
    await openSession(connection, { token: 't', callback: { ...callback, rawContentType: 'text/csv' } });
    expect(connection.sent[0]?.authHandshake?.callback).toMatchObject({
      httpFormat: boomerang.CallbackConfig.HttpFormat.RAW,
      rawContentType: 'text/csv',
    });
  });

  test('leaves out what was left out, so that the service fills in its defaults', async () => {
    const connection = recordingConnection({ authResponse: { sessionId: 's' } });
    await openSession(connection, { token: 't' });
    const handshake = connection.sent[0]?.authHandshake;
    expect([handshake?.callback, handshake?.retry, handshake?.dlq]).toEqual([null, null, null]);
  });

  test.each(['ERROR', 'UNAUTHORIZED', 'INVALID_REQUEST', 'SESSION_EXPIRED'] as const)(
    'fails with the status %s and the message of the service',
    async (status) => {
      const authResponse = { status: boomerang.Status[status], errorMessage: 'because' };
      const opening = openSession(recordingConnection({ authResponse }), { token: 't' });
      await expect(opening).rejects.toThrow(new BoomerangClientError(status, 'because'));
      await expect(opening).rejects.toMatchObject({ status });
    },
  );
});

describe('a session', () => {
  test('sends the key of a registration, and no other', async () => {
    const connection = recordingConnection({ registrationResponse: {} });
    const session = resumeSession(connection, 's');
    await session.setTimeout('x', 1, { idempotencyKey: 'order-7', timeoutMs: 1_000 });
    await session.setInterval('x', 100, { idempotencyKey: 'beat' });
    await session.setTimeout('x', 1);
    expect(connection.sent.map(({ registrationRequest }) => registrationRequest?.idempotencyKey)).toEqual([
      'order-7',
      'beat',
      '',
    ]);
  });

  test('sends tags, and lists by one; what are none is refused', async () => {
    const listing = recordingConnection({ listTasksResponse: {} });
    await resumeSession(listing, 's').list({ tag: 'a' });
    expect(listing.sent[0]?.listTasksRequest).toMatchObject({ tag: 'a' });
    const connection = recordingConnection({ registrationResponse: {} });
    const session = resumeSession(connection, 's');
    await session.setCron('x', '@daily', { tags: ['a', 'b'] });
    expect(connection.sent[0]?.registrationRequest?.tags).toEqual(['a', 'b']);
    for (const tags of [['a', ''], 'a', [1]] as never[]) {
      await expect(session.setTimeout('x', 1, { tags })).rejects.toThrow(
        /^tags: .*; allowed: an array of texts|a text/,
      );
    }
    expect(connection.sent).toHaveLength(1);
  });

  test('sends how a task expires, recurs and ends; what can not be is refused', async () => {
    const connection = recordingConnection({ registrationResponse: {} });
    const session = resumeSession(connection, 's');
    const until = new Date(1_900_000_000_000);
    const ends = { missed: 'all', overlap: 'after', maxOccurrences: 3, until } as const;
    await session.setInterval('x', 100, { expiresAfterMs: 5, expired: 'dead_letter', ...ends });
    expect(connection.sent[0]?.registrationRequest).toMatchObject({
      ...{ expiresAfterMs: 5, expiredAction: 1, missed: 1, overlap: 2 },
      ...{ maxOccurrences: 3, untilMs: 1_900_000_000_000 },
    });
    const refused = [
      { missed: 'some' },
      { overlap: 2 },
      { maxOccurrences: 0 },
      { until: Number.NaN },
    ] as never[];
    for (const options of [...refused, { expiresAfterMs: 0 }, { expired: 'never' } as never]) {
      const [field] = Object.keys(options);
      await expect(session.setInterval('x', 100, options)).rejects.toThrow(new RegExp(`^${field}: `));
    }
    await expect(session.setTimeout('x', 1, { until } as never)).rejects.toThrow(
      /^until: there is no such option/,
    );
    expect(connection.sent).toHaveLength(1);
  });

  test('registers a one-shot task, and a recurring one whose first occurrence is one interval away', async () => {
    const connection = recordingConnection({ registrationResponse: { taskId: 't', scheduledTimeMs: 7 } });
    const session = resumeSession(connection, 's');
    expect(await session.setTimeout('hi', 5)).toEqual({ taskId: 't', scheduledTimeMs: 7 });
    await session.setInterval(new Uint8Array([0, 255]), 250);
    await session.setInterval('', 250, { delayMs: 0 });
    expect(connection.sent.map(({ sessionId }) => sessionId)).toEqual(['s', 's', 's']);
    const tasks = connection.sent.map(({ registrationRequest }) => ({
      ...boomerang.Task.toObject(registrationRequest as boomerang.Task, { defaults: true, bytes: Array }),
    }));
    const ends = {
      expiresAfterMs: 0,
      expiredAction: 0,
      missed: 0,
      maxOccurrences: 0,
      overlap: 0,
      untilMs: 0,
    };
    const unset = { ...ends, idempotencyKey: '', cron: '', timeZone: '', atMs: 0, tags: [] };
    expect(tasks).toEqual([
      { payload: [104, 105], delayMs: 5, repeatIntervalMs: 0, ...unset },
      { payload: [0, 255], delayMs: 250, repeatIntervalMs: 250, ...unset },
      { payload: [], delayMs: 0, repeatIntervalMs: 250, ...unset },
    ]);
  });

  test('registers a task for a point in time', async () => {
    const connection = recordingConnection({ registrationResponse: { taskId: 't', scheduledTimeMs: 7 } });
    const session = resumeSession(connection, 's');
    await session.setTimeoutAt('hi', new Date(1_900_000_000_000));
    await session.setTimeoutAt('hi', 1_900_000_000_001, { idempotencyKey: 'then' });
    const times = connection.sent.map(({ registrationRequest }) => registrationRequest?.atMs);
    expect(times).toEqual([1_900_000_000_000, 1_900_000_000_001]);
    expect(connection.sent[1]?.registrationRequest).toMatchObject({ delayMs: 0, idempotencyKey: 'then' });
  });

  test('registers a task by a calendar', async () => {
    const connection = recordingConnection({ registrationResponse: { taskId: 't', scheduledTimeMs: 7 } });
    const session = resumeSession(connection, 's');
    await session.setCron('hi', '0 9 * * MON-FRI', { timeZone: 'Europe/Berlin', idempotencyKey: 'workdays' });
    await session.setCron('hi', '@daily');
    expect(connection.sent[0]?.registrationRequest).toMatchObject({
      cron: '0 9 * * MON-FRI',
      timeZone: 'Europe/Berlin',
      idempotencyKey: 'workdays',
      delayMs: 0,
      repeatIntervalMs: 0,
    });
    expect(connection.sent[1]?.registrationRequest).toMatchObject({ cron: '@daily', timeZone: '' });
  });

  test('asks when a task would recur by a calendar', async () => {
    const connection = recordingConnection({ previewScheduleResponse: { times: [7, 9] } });
    const session = resumeSession(connection, 's');
    expect(await session.previewCron('@daily', { count: 2, afterMs: 5 })).toEqual([7, 9]);
    expect(connection.sent[0]?.previewScheduleRequest).toMatchObject({ cron: '@daily', count: 2, after: 5 });
  });

  test('refuses times that the wire would turn into others, without asking the service', async () => {
    const connection = recordingConnection({});
    const session = resumeSession(connection, 's');
    const bad = [Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY];
    for (const ms of bad) {
      await expect(session.setTimeout('', ms)).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
      await expect(session.setInterval('', ms)).rejects.toMatchObject({ status: 'INVALID_REQUEST' });
    }
    await expect(session.setInterval('', 0)).rejects.toThrow('intervalMs: 0 can');
    expect(connection.sent).toEqual([]);
  });

  test('says when a cancelled attempt is under way', async () => {
    const session = resumeSession(
      recordingConnection({ cancellationResponse: { attemptUnderWay: true } }),
      's',
    );
    expect(await session.cancel('t')).toEqual({ attemptUnderWay: true });
  });

  test('tells a task as it is and lists pages until the last', async () => {
    const task = {
      taskId: 't',
      clientId: 'c',
      state: boomerang.TaskState.TASK_STATE_RETRYING,
      expirationMs: 9,
      repeatIntervalMs: 250,
      occurrence: 3,
      payload: Buffer.from('p'),
    };
    const expected = { taskId: 't', clientId: 'c', state: 'retrying', dueMs: 9, occurrence: 3 };
    expect(
      await resumeSession(recordingConnection({ getTaskResponse: { task } }), 's').get('t'),
    ).toMatchObject(expected);
    const listing = recordingConnection({ listTasksResponse: { tasks: [task], nextToken: 'more' } });
    const page = await resumeSession(listing, 's').list({ recurring: false, limit: 1, scheduledAfterMs: 4 });
    expect(page).toMatchObject({ tasks: [expected], nextToken: 'more' });
    expect(listing.sent[0]?.listTasksRequest).toMatchObject({
      isRecurring: false,
      limit: 1,
      scheduledAfter: 4,
    });
    const last = await resumeSession(recordingConnection({ listTasksResponse: {} }), 's').list();
    expect(last).toEqual({ tasks: [], nextToken: undefined });
  });

  test('knows its new expiry from a refresh', async () => {
    const session = resumeSession(recordingConnection({ sessionRefreshResponse: { expiresAtMs: 42 } }), 's');
    expect(session.expiresAtMs).toBeUndefined();
    expect(await session.refresh()).toBe(42);
    expect(session.expiresAtMs).toBe(42);
  });

  test('fails by an error response, and by an answer to something else', async () => {
    const errorResponse = { status: boomerang.Status.INVALID_REQUEST, errorMessage: 'not for me' };
    const refused = resumeSession(recordingConnection({ errorResponse }), 's').cancel('t');
    await expect(refused).rejects.toThrow(new BoomerangClientError('INVALID_REQUEST', 'not for me'));
    const confused = resumeSession(recordingConnection({ getTaskResponse: {} }), 's').cancel('t');
    await expect(confused).rejects.toThrow('getTaskResponse instead of cancellationResponse');
  });
});

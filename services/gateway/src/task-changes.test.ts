import { openSession, type Session } from '@boomerang/client';
import { boomerang } from '@boomerang/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectTo, startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;
const HOUR = 3_600_000;

let gateway: TestGateway;
let ports: { tcp: number; http: number };
let connection: Awaited<ReturnType<typeof connectTo>>;
let session: Session;
beforeAll(async () => {
  gateway = await startTestGateway();
  ports = await gateway.openDoors();
  connection = await connectTo(ports.tcp);
  session = await openSession(connection, { token: gateway.tokens.shop, callback });
});
afterAll(() => gateway.stop());

async function ask(method: string, path: string, json?: unknown) {
  const response = await fetch(`http://127.0.0.1:${ports.http}/v1/tasks/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${gateway.tokens.shop}`,
      ...(json !== undefined && { 'content-type': 'application/json' }),
    },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

describe('a task that fires once', () => {
  let taskId: string;
  beforeEach(async () => {
    taskId = (await session.setTimeout('first', HOUR)).taskId;
  });

  test('is rescheduled over TCP, with another payload', async () => {
    const at = new Date(Date.now() + 2 * HOUR);
    const changed = await session.reschedule(taskId, { at, payload: 'second' });
    expect(changed).toEqual({ occurrence: 1, dueMs: at.getTime() });
    const shown = await session.get(taskId);
    expect(shown).toMatchObject({ state: 'scheduled', dueMs: at.getTime() });
    expect(String(Buffer.from(shown.payload))).toBe('second');
    const soon = await session.reschedule(taskId, { delayMs: 0 });
    expect(soon.dueMs).toBeLessThan(Date.now() + 60_000);
  });

  test('is rescheduled over HTTP, with another payload', async () => {
    const at = '2030-01-31T12:00:00.000Z';
    const { status, body } = await ask('PATCH', taskId, { at, json: { n: 1 } });
    expect([status, body]).toEqual([200, { occurrence: 1, dueAt: at }]);
    expect((await ask('GET', taskId)).body).toMatchObject({ dueAt: at, text: '{"n":1}' });
    expect((await ask('PATCH', taskId, { delay: '90m' })).status).toBe(200);
  });

  test('is paused and resumed over TCP, and tells why it does not run', async () => {
    const paused = await session.pause(taskId);
    expect(paused).toMatchObject({ occurrence: 1, attemptUnderWay: false });
    expect(await session.get(taskId)).toMatchObject({
      state: 'paused',
      dueMs: paused.dueMs,
      waitingFor: expect.stringMatching(/^its client: it is paused since \d{4}-.*Z; resume it$/),
    });
    await expect(session.fire(taskId)).rejects.toMatchObject({
      code: 'conflict',
      message: `task ${taskId} is paused; resume it first`,
    });
    expect(await session.resume(taskId)).toEqual(paused);
    expect(await session.get(taskId)).toMatchObject({ state: 'scheduled', waitingFor: undefined });
  });

  test('is paused, resumed and fired over HTTP', async () => {
    const paused = await ask('POST', `${taskId}/pause`);
    expect(paused.status).toBe(200);
    expect(paused.body).toEqual({ occurrence: 1, dueAt: expect.any(String), attemptUnderWay: false });
    expect((await ask('GET', taskId)).body).toMatchObject({
      state: 'paused',
      waitingFor: { reason: 'paused', since: expect.stringMatching(/Z$/) },
    });
    expect((await ask('POST', `${taskId}/fire`)).body).toMatchObject({ status: 409, code: 'conflict' });
    expect(await ask('POST', `${taskId}/resume`, {})).toEqual(paused);
    const fired = await ask('POST', `${taskId}/fire`);
    expect(fired).toEqual({ status: 200, body: { occurrence: 1, dueAt: expect.any(String) } });
    expect(Date.parse(fired.body.dueAt ?? '')).toBeLessThan(Date.now() + 60_000);
  });

  test('that has ended can not be changed, and one that there is not is not found', async () => {
    await session.cancel(taskId);
    const unknown = '01890000-0000-7000-8000-000000000000';
    for (const [id, code] of [
      [taskId, 'already_ended'],
      [unknown, 'not_found'],
    ] as const) {
      await expect(session.reschedule(id, { delayMs: 1 })).rejects.toMatchObject({ code });
      for (const change of ['pause', 'resume', 'fire'] as const) {
        await expect(session[change](id)).rejects.toMatchObject({ code });
        expect((await ask('POST', `${id}/${change}`)).body).toMatchObject({ code });
      }
    }
  });
});

test('a recurring task is moved in its phase or out of it, gets another interval, and is fired besides', async () => {
  const { taskId, scheduledTimeMs: first } = await session.setInterval('tick', HOUR);
  const moved = await session.reschedule(taskId, { at: first + 1_000 });
  expect(moved).toEqual({ occurrence: 1, dueMs: first + 1_000 });
  expect(await session.fire(taskId)).toMatchObject({ occurrence: 1 });
  expect(await session.get(taskId)).toMatchObject({ occurrence: 2, dueMs: first + 1_000 });
  const path = await ask('PATCH', taskId, { repeatInterval: '10m', delay: '1m', newPhase: true });
  expect(path.body).toMatchObject({ occurrence: 2 });
  expect(await session.get(taskId)).toMatchObject({ repeatIntervalMs: 600_000 });
});

test('an attempt that has begun wins, and the client is told', async () => {
  const { taskId } = await session.setTimeout('now', 0);
  const stop = await gateway.startDraining();
  await expect.poll(async () => (await session.get(taskId)).state).toBe('in_flight');
  stop();
  const message = `task ${taskId} is being delivered: its firing has begun, so nothing was changed`;
  await expect(session.reschedule(taskId, { delayMs: HOUR })).rejects.toMatchObject({
    code: 'conflict',
    message,
  });
  expect(await session.pause(taskId)).toMatchObject({ attemptUnderWay: true });
});

test('a Spage execution is only cancelled', async () => {
  const { SpageClient } = await import('../test-support/spage-client.js');
  const doors = await gateway.openDoors();
  const spage = new SpageClient(doors.grpc, gateway.tokens.shop);
  await spage.call('submitTask', { taskId: 'nightly', type: 'a', metadata: { delay_ms: '3600000' } });
  spage.close();
  const page = await session.list();
  const told = await Promise.all(
    page.tasks.map(({ taskId }) => session.pause(taskId).catch((error) => (error as Error).message)),
  );
  const refusals = told.filter((one) => typeof one === 'string');
  expect(refusals).toEqual([expect.stringMatching(/is a Spage execution, which can only be cancelled$/)]);
});

describe('what can not be used is told with its field and what is allowed', () => {
  test.each([
    [{}, 'nothing is to be changed; allowed: one or more of delay_ms, at_ms, repeat_interval_ms, payload'],
    [{ delayMs: 5, atMs: 5 }, 'delay_ms: 5; allowed: nothing where at_ms is set'],
    [{ delayMs: 315_576_000_001 }, 'delay_ms: 315576000001'],
    [{ atMs: 9_007_199_254_740_991 }, 'at_ms: 9007199254740991'],
    [{ repeatIntervalMs: 99 }, 'repeat_interval_ms: 99 is out of range; allowed: a whole number from 100'],
    [
      { payload: Buffer.from('x'), newPhase: true },
      'new_phase: it is set; allowed: only with delay_ms or at_ms',
    ],
    [{ repeatIntervalMs: 5_000 }, 'the task fires once; allowed with a recurring task only'],
  ])('%j over TCP: %s', async (change, message) => {
    const { taskId } = await session.setTimeout('x', HOUR);
    const { rescheduleResponse } = await connection.request({
      sessionId: session.sessionId,
      rescheduleRequest: { taskId, ...change },
    });
    expect(rescheduleResponse).toMatchObject({
      status: boomerang.Status.INVALID_REQUEST,
      code: 'invalid_request',
      errorMessage: expect.stringContaining(message),
    });
  });

  test.each([
    [{}, undefined, 'nothing is to be changed; allowed: one or more of delay, at, repeatInterval, payload'],
    [{ delay: 'soon' }, 'delay', 'is no length of time'],
    [{ at: 'tomorrow' }, 'at', 'is no time since 1970'],
    [{ delay: 1, at: '2030-01-31T12:00:00Z' }, 'delay', 'allowed: nothing where at is set'],
    [{ text: 'a', base64: 'YQ==' }, 'payload', 'text and base64 are given'],
    [{ interval: 5 }, 'interval', 'it is not known here'],
    [{ newPhase: 'yes' }, 'newPhase', 'it is "yes"'],
  ])('%j over HTTP: %s', async (change, field, message) => {
    const { taskId } = await session.setTimeout('x', HOUR);
    const { status, body } = await ask('PATCH', taskId, change);
    expect([status, body.field]).toEqual([400, field]);
    expect(body.detail).toContain(message);
  });

  test('an action that is none, and a body where there is none', async () => {
    const { taskId } = await session.setTimeout('x', HOUR);
    const request = { sessionId: session.sessionId, pauseResumeRequest: { taskId, action: 9 } };
    expect((await connection.request(request)).pauseResumeResponse).toMatchObject({
      errorMessage: 'action: unknown action 9; allowed: PAUSE (1) or RESUME (2)',
    });
    const { status, body } = await ask('POST', `${taskId}/pause`, { until: '1h' });
    expect([status, body.field]).toEqual([400, 'until']);
  });
});

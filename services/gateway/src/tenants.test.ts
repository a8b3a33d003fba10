import { connect, openSession, type Session } from '@boomerang/client';
import { boomerang, type spage, spageApiService } from '@boomerang/protocol';
import { waitFor } from '@boomerang/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hello, SpageClient } from '../test-support/spage-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';
import { rowOf } from './envelope/requests.js';

type Envelope = boomerang.BoomerangEnvelope.$Properties;

/** In every payload of the shop; nobody else may ever be answered it. */
const MARKER = 'only the shop may read this';
const callback = { protocol: 'HTTP', endpoint: 'http://192.0.2.1/cb' } as const;

let gateway: TestGateway;
let ports: { tcp: number; grpc: number };
let shop: Session;
let rival: Session;
let ask: (envelope: Envelope) => Promise<Envelope>;
let rivalSpage: SpageClient;
let shopSpage: SpageClient;

/** What the shop has, and the rival has got hold of. */
interface Loot {
  readonly taskIds: readonly string[];
  readonly deadLetterIds: readonly string[];
  readonly executions: readonly string[];
  readonly cursors: readonly string[];
  readonly handle: string;
}
let loot: Loot;

beforeAll(async () => {
  gateway = await startTestGateway();
  ports = await gateway.openDoors();
  const connection = await connect({ port: ports.tcp });
  shop = await openSession(connection, { token: gateway.tokens.shop, callback });
  rival = await openSession(connection, { token: gateway.tokens.rival, callback });
  ask = (envelope) => connection.request({ sessionId: rival.sessionId, ...envelope });
  shopSpage = new SpageClient(ports.grpc, gateway.tokens.shop);
  rivalSpage = new SpageClient(ports.grpc, gateway.tokens.rival);
  loot = await stock();
}, 30_000);
afterAll(async () => {
  shopSpage?.close();
  rivalSpage?.close();
  await gateway?.stop();
});

/** Gives the shop tasks of every kind, dead letters, and executions, of which one is under way. */
async function stock(): Promise<Loot> {
  for (let i = 0; i < 3; i++) await shop.setTimeout(MARKER, 0);
  await gateway.failAll();
  const later = await shop.setTimeout(MARKER, 3_600_000, { idempotencyKey: 'order-1' });
  const recurring = await shop.setInterval(MARKER, 3_600_000);
  const stop = await gateway.startDraining();
  const daemon = shopSpage.stream();
  daemon.send('daemon.hello', hello());
  await shopSpage.call('submitTask', { taskId: 'nightly', type: 'a', payload: { secret: MARKER } });
  const { data } = await daemon.next('task.assigned');
  const handle = data.token as string;
  daemon.send('task.accepted', { token: handle });
  stop();
  const parked = { delay_ms: '3600000' };
  await shopSpage.call('submitTask', {
    taskId: 'later',
    type: 'a',
    payload: { s: MARKER },
    metadata: parked,
  });
  const tasks = await shop.list({ limit: 1 });
  const letters = await shop.deadLetters.list({ limit: 1 });
  const all = await shop.deadLetters.list();
  const execution = handle.split(':')[0] as string;
  return {
    taskIds: [later.taskId, recurring.taskId, execution],
    deadLetterIds: all.deadLetters.map(({ deadLetterId }) => deadLetterId),
    executions: ['nightly', 'later', later.taskId, execution],
    cursors: [tasks.nextToken ?? '', letters.nextToken ?? ''].filter((cursor) => cursor !== ''),
    handle,
  };
}

/** All that Redis holds of the shop, but for what time alone changes. */
async function possessions(): Promise<Record<string, string>> {
  const { redis } = gateway;
  const own = (name: string) => /\bshop\b/.test(name) || loot.taskIds.some((id) => name.includes(id));
  const moving = /session|key-use|}b:|daemons:|held:|audit/;
  const found: Record<string, string> = {};
  for (const name of (await redis.keys('*')).sort()) {
    if (own(name) && !moving.test(name)) found[name] = (await redis.dumpBuffer(name))?.toString('hex') ?? '';
    else if (name.endsWith('}due')) {
      const members = await redis.zrange(name, '0', '-1', 'WITHSCORES');
      for (let i = 0; i < members.length; i += 2) {
        if (own(members[i] as string)) found[`${name} ${members[i]}`] = members[i + 1] as string;
      }
    } else if (name.endsWith('}dlq')) {
      const entries = await redis.xrange(name, '-', '+');
      for (const [id, fields] of entries) if (fields.includes('shop')) found[`${name} ${id}`] = fields.join();
    }
  }
  return found;
}

const oneOf = (pick: () => readonly string[]) =>
  fc.nat(1_000).map((n) => () => pick()[n % pick().length] ?? '');
const taskIds = oneOf(() => loot.taskIds);
const letters = oneOf(() => loot.deadLetterIds);
const cursors = oneOf(() => [...loot.cursors, '']);
const executions = oneOf(() => loot.executions);

/** What the rival asks with what is the shop's: the request, and the codes of which one has to be the answer's. */
const REQUESTS: Readonly<Record<string, fc.Arbitrary<() => readonly [Envelope, readonly string[]]>>> = {
  authHandshake: fc.constant(() => [
    // The name of a bucket is no way to what others have in it.
    {
      authHandshake: {
        authToken: gateway.tokens.rival,
        callback: { protocol: 2, endpoint: callback.endpoint },
      },
    },
    ['ok'],
  ]),
  clientRegistration: fc.constant(() => [{ clientRegistration: { clientId: 'shop' } }, ['unauthorized']]),
  clientDeregistration: fc.constant(() => [{ clientDeregistration: { clientId: 'shop' } }, ['unauthorized']]),
  sessionRefresh: fc
    .nat(35)
    .map((at) => () => [
      { sessionId: changedAt(shop.sessionId, at), sessionRefresh: {} },
      ['session_expired'],
    ]),
  registrationRequest: fc.constant(() => [
    { registrationRequest: { payload: Buffer.from('x'), delayMs: 3_600_000, idempotencyKey: 'order-1' } },
    ['ok'],
  ]),
  cancellationRequest: taskIds.map((id) => () => [{ cancellationRequest: { taskId: id() } }, ['not_found']]),
  batchRegistrationRequest: fc.constant(() => [
    { batchRegistrationRequest: { tasks: [{ delayMs: 3_600_000, idempotencyKey: 'order-2' }] } },
    ['ok'],
  ]),
  rescheduleRequest: taskIds.map((id) => () => [
    { rescheduleRequest: { taskId: id(), delayMs: 1, payload: Buffer.from('mine') } },
    ['not_found'],
  ]),
  pauseResumeRequest: fc.tuple(taskIds, fc.constantFrom(1, 2)).map(([id, action]) => () => [
    { pauseResumeRequest: { taskId: id(), action } },
    ['not_found'],
  ]),
  fireRequest: taskIds.map((id) => () => [{ fireRequest: { taskId: id() } }, ['not_found']]),
  getTaskRequest: taskIds.map((id) => () => [{ getTaskRequest: { taskId: id() } }, ['not_found']]),
  listTasksRequest: fc
    .tuple(cursors, fc.constantFrom('', 'shop', 'rival'))
    .map(([cursor, clientId]) => () => [
      { listTasksRequest: { clientId, nextToken: cursor() } },
      clientId === 'shop' ? ['invalid_request'] : ['ok', 'invalid_request'],
    ]),
  listDeadLettersRequest: fc.tuple(cursors, letters, fc.boolean()).map(([cursor, id, byId]) => () => [
    { listDeadLettersRequest: byId ? { deadLetterIds: [id()] } : { filter: {}, nextToken: cursor() } },
    ['ok', 'not_found', 'invalid_request'],
  ]),
  replayDeadLettersRequest: fc.tuple(cursors, letters, fc.boolean()).map(([cursor, id, byId]) => () => [
    { replayDeadLettersRequest: byId ? { deadLetterIds: [id()] } : { filter: {}, nextToken: cursor() } },
    ['ok', 'invalid_request'],
  ]),
  purgeDeadLettersRequest: fc.tuple(cursors, letters, fc.boolean()).map(([cursor, id, byId]) => () => [
    { purgeDeadLettersRequest: byId ? { deadLetterIds: [id()] } : { filter: {}, nextToken: cursor() } },
    ['ok', 'invalid_request'],
  ]),
  previewScheduleRequest: fc.constant(() => [{ previewScheduleRequest: {} }, ['ok', 'invalid_request']]),
};

function changedAt(text: string, at: number): string {
  const other = text[at] === '0' ? '1' : '0';
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
}

describe('with what is another client’s', () => {
  let before: Record<string, string>;
  beforeEach(async () => {
    before = await possessions();
    expect(Object.keys(before).length).toBeGreaterThan(8);
  });

  test('every request over TCP is among those that are tried', () => {
    const known = Object.keys(boomerang.BoomerangEnvelope.prototype).filter((name) =>
      rowOf({ payload: name } as Parameters<typeof rowOf>[0]),
    );
    expect(Object.keys(REQUESTS).sort()).toEqual(known.sort());
  });

  test('nothing over TCP is answered but "not found", and nothing changes', async () => {
    const anything = fc.oneof(...Object.values(REQUESTS));
    await fc.assert(
      fc.asyncProperty(anything, async (request) => {
        const [envelope, allowed] = request();
        const answer = await ask(envelope);
        const said = Object.values(answer).find((part) => typeof part === 'object' && part !== null) as {
          code?: string;
          taskId?: string;
          tasks?: unknown[];
          deadLetters?: unknown[];
          replayed?: unknown[];
          purged?: number;
          refused?: { code?: string }[];
        };
        expect(allowed).toContain(said.code || 'ok');
        for (const list of [said.tasks, said.deadLetters, said.replayed]) {
          for (const item of list ?? []) expect(JSON.stringify(item)).toContain('rival');
        }
        expect(said.purged ?? 0).toBe(0);
        for (const { code } of said.refused ?? []) expect(code).toBe('not_found');
        expect(loot.taskIds).not.toContain(said.taskId);
        expectNoMarker(answer);
      }),
      { numRuns: 400 },
    );
    expect(await possessions()).toEqual(before);
  });

  test('nothing over gRPC is answered but "not found", and nothing changes', async () => {
    const { token } = await shopSpage.call('authenticate', { apiKey: gateway.tokens.shop });
    const calls: Readonly<
      Record<Exclude<keyof typeof spageApiService, 'streamEvents'>, () => fc.Arbitrary<Call>>
    > = {
      submitTask: () =>
        executions.map((name) => () => rivalSpage.call('submitTask', submission(`${name()}-too`))),
      getTaskStatus: () => notFound((taskId) => rivalSpage.call('getTaskStatus', { taskId })),
      cancelTask: () => notFound((taskId) => rivalSpage.call('cancelTask', { taskId, reason: 'mine' })),
      getTaskOutput: () => notFound((taskId) => rivalSpage.call('getTaskOutput', { taskId })),
      submitTasks: () =>
        executions.map(
          (name) => () => rivalSpage.call('submitTasks', { tasks: [submission(`${name()}-all`)] }),
        ),
      getTaskStatuses: () =>
        notFound((taskId) => theOnly(rivalSpage.call('getTaskStatuses', { taskIds: [taskId] }))),
      cancelTasks: () =>
        notFound((taskId) => theOnly(rivalSpage.call('cancelTasks', { tasks: [{ taskId }] }))),
      listTasks: () => fc.nat(3).map((offset) => () => rivalSpage.call('listTasks', { limit: 100, offset })),
      authenticate: () =>
        fc.constant(async () => {
          const answer = await rivalSpage.call('authenticate', {
            apiKey: gateway.tokens.rival,
            clientId: 'shop',
          });
          expect(answer.success).toBe(false);
          return answer;
        }),
      validateToken: () =>
        fc.nat((token?.length ?? 1) - 1).map((at) => async () => {
          const answer = await rivalSpage.call('validateToken', { token: changedAt(token ?? '', at) });
          expect(answer.valid ?? false).toBe(false);
          return answer;
        }),
      healthCheck: () => fc.constant(() => rivalSpage.call('healthCheck', {})),
      getMetrics: () => fc.constant(() => rivalSpage.call('getMetrics', {})),
    };
    const untried = Object.keys(spageApiService).filter((name) => !(name in calls));
    expect(untried).toEqual(['streamEvents']);
    await fc.assert(
      fc.asyncProperty(fc.oneof(...Object.values(calls).map((make) => make())), async (call) => {
        expectNoMarker(await call());
      }),
      { numRuns: 200 },
    );
    // The shop's own name for a task is free for the rival, and stands for the rival's task then.
    for (const name of ['nightly', 'later']) {
      expect((await rivalSpage.call('submitTask', submission(name))).success).toBe(true);
      const { task } = await rivalSpage.call('getTaskStatus', { taskId: name });
      expect(task).toMatchObject({ type: 'b', payload: { x: 'y' } });
    }
    expect(await possessions()).toEqual(before);
  });

  test('a stream hears nothing of it, and reports on it are stale', async () => {
    const stream = rivalSpage.stream();
    stream.send('subscribe', {});
    stream.send('daemon.hello', hello({ daemon_id: 'd1', types: '*' }));
    for (const type of [
      'task.accepted',
      'task.rejected',
      'task.heartbeat',
      'task.completed',
      'task.failed',
    ]) {
      stream.send(type, { token: loot.handle, exit_code: '0' });
    }
    await waitFor(() => stream.events.filter(({ type }) => type === 'task.stale').length >= 5, {
      message: 'five answers',
    });
    await shop.setTimeout(MARKER, 3_600_000).then(({ taskId }) => shop.cancel(taskId));
    const { taskId } = await rival.setTimeout('x', 3_600_000);
    await waitFor(() => stream.events.some(({ data }) => data?.task_id === taskId), {
      message: "an event of the rival's own task",
    });
    expectNoMarker(stream.events);
    const ofShop = stream.events.filter(({ data }) => loot.taskIds.includes(data?.task_id ?? ''));
    expect(ofShop.every(({ type }) => type === 'task.stale')).toBe(true);
    stream.end();
    expect(await possessions()).toEqual(before);
  });
});

type Call = () => Promise<object>;

function notFound(call: (name: string) => Promise<{ error?: spage.core.Error.$Properties | null }>) {
  return executions.map((name) => async () => {
    const answer = await call(name());
    expect(answer.error?.code).toBe('not_found');
    return answer;
  });
}

async function theOnly<T>(answer: Promise<{ results?: T[] | null }>): Promise<T> {
  return (await answer).results?.[0] as T;
}

function submission(taskId: string) {
  return { taskId, type: 'b', payload: { x: 'y' }, metadata: { delay_ms: '3600000' } };
}

function expectNoMarker(answer: unknown): void {
  const text = JSON.stringify(answer, (_key, value) => (value instanceof Uint8Array ? String(value) : value));
  expect(text).not.toContain(MARKER);
  expect(text).not.toContain(Buffer.from(MARKER).toString('base64'));
  expect(text).not.toContain(String(new Uint8Array(Buffer.from(MARKER))));
}

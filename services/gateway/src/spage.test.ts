import { spage } from '@boomerang/protocol';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { hello, SpageClient } from '../test-support/spage-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const { TaskStatus, TaskPriority } = spage.core;

let gateway: TestGateway;
let port: number;
let otherPort: number;
let stopDraining: () => void;
const clients: SpageClient[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  port = (await gateway.openDoors()).grpc;
  otherPort = (await gateway.openDoors()).grpc;
  stopDraining = await gateway.startDraining();
});
afterAll(async () => {
  stopDraining();
  await gateway.stop();
});
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});
beforeEach(async () => {
  const keys = await gateway.redis.keys('{*');
  if (keys.length > 0) await gateway.redis.del(...keys);
});

function connect(bearer: string | undefined = gateway.tokens.shop, at = port): SpageClient {
  const client = new SpageClient(at, bearer);
  clients.push(client);
  return client;
}
const anonymous = () => {
  const client = new SpageClient(port, undefined);
  clients.push(client);
  return client;
};

const task = (changes: spage.api.SubmitTaskRequest.$Properties = {}) => ({
  type: 'playbook',
  payload: { playbook: 'main.yml', inventory: 'hosts.yml' },
  ...changes,
});
const statusOf = async (taskId: string) => (await connect().call('getTaskStatus', { taskId })).task?.status;

describe('who calls', () => {
  test('exchanges a key for a token that every gateway takes', async () => {
    const answer = await anonymous().call('authenticate', { apiKey: gateway.tokens.shop });
    expect(answer).toMatchObject({ success: true, permissions: { register: 'allowed', execute: 'allowed' } });
    expect(answer.expiresAt).toBeGreaterThan(Date.now() / 1_000);
    expect(await anonymous().call('validateToken', { token: answer.token })).toMatchObject({
      valid: true,
      clientId: 'shop',
    });
    expect(await connect(answer.token, otherPort).call('submitTask', task())).toMatchObject({
      success: true,
    });
  });

  test('with a wrong key, or a token that is none, is told so in an answer', async () => {
    const refused = await anonymous().call('authenticate', { apiKey: 'bmr_x_y' });
    expect(refused).toMatchObject({ success: false, error: { code: 'unauthorized' } });
    const other = await anonymous().call('authenticate', { apiKey: gateway.tokens.shop, clientId: 'rival' });
    expect(other).toMatchObject({ success: false, error: { code: 'unauthorized' } });
    expect(await anonymous().call('validateToken', { token: 'bmt_x' })).toMatchObject({ valid: false });
  });

  test('without authorization is told what to send and where to get it', async () => {
    const calling = anonymous().call('submitTask', task());
    await expect(calling).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      details: expect.stringMatching(/authorization: Bearer <token or API key>.*npm run client/),
    });
    const error = await calling.catch((thrown) => thrown);
    expect(error.metadata.get('grpc-status-details-bin')).toHaveLength(1);
    await expect(connect('nonsense').call('listTasks', {})).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
    });
  });

  test('without authorization is the client that a setting names, where it names one', async () => {
    const { grpc } = await gateway.openDoors({ spageAnonymousClient: 'shop' });
    const client = new SpageClient(grpc, undefined);
    clients.push(client);
    const request = task({ taskId: 'task-123', priority: TaskPriority.TASK_PRIORITY_NORMAL });
    expect(await client.call('submitTask', request)).toMatchObject({ success: true });
    expect((await connect().call('listTasks', {})).total).toBe(1);
  });
});

describe('a task', () => {
  test('is submitted, found, listed and cancelled', async () => {
    const { taskId } = await connect().call('submitTask', task({ metadata: { delay_ms: '60000' } }));
    const found = await connect().call('getTaskStatus', { taskId });
    expect(found.task).toMatchObject({
      id: taskId,
      type: 'playbook',
      priority: TaskPriority.TASK_PRIORITY_NORMAL,
      status: TaskStatus.TASK_STATUS_PENDING,
      payload: { playbook: 'main.yml' },
    });
    expect((found.task?.createdAt?.seconds ?? 0) * 1_000).toBeGreaterThan(Date.now() - 10_000);
    expect(await connect().call('listTasks', { status: 'pending', type: 'playbook' })).toMatchObject({
      total: 1,
    });
    expect(await connect().call('cancelTask', { taskId, reason: 'not needed' })).toMatchObject({
      success: true,
    });
    expect(await connect().call('cancelTask', { taskId })).toMatchObject({ success: true });
    expect(await statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_CANCELED);
  });

  test.each<[string, spage.api.SubmitTaskRequest.$Properties, RegExp]>([
    ['an empty type', { type: '' }, /^type: it is empty; allowed/],
    ['an unknown priority', { priority: 9 as 1 }, /^priority: 9 is unknown; allowed/],
    ['a payload over the limit', { payload: { a: 'x'.repeat(1_048_576) } }, /^payload: 1048577 bytes/],
    ['a delay that is none', { metadata: { delay_ms: '-1' } }, /^metadata.delay_ms: "-1" is out of range/],
    ['a name with control characters', { taskId: 'a\u0000' }, /^task_id: it has control characters/],
  ])('with %s is refused in the answer', async (_what, changes, message) => {
    const answer = await connect().call('submitTask', task(changes));
    expect(answer).toMatchObject({ success: false, error: { code: 'invalid_request' } });
    expect(answer.error?.message).toMatch(message);
  });

  test('of another client is not found', async () => {
    const { taskId } = await connect().call('submitTask', task({ metadata: { delay_ms: '60000' } }));
    const rival = connect(gateway.tokens.rival);
    expect(await rival.call('getTaskStatus', { taskId })).toMatchObject({ error: { code: 'not_found' } });
    expect(await rival.call('cancelTask', { taskId })).toMatchObject({
      success: false,
      error: { code: 'not_found' },
    });
    expect(await rival.call('listTasks', {})).toMatchObject({ total: 0 });
  });

  test.each([
    [{ limit: -1 }, /^limit: -1 is out of range/],
    [{ limit: 1_001 }, /^limit/],
    [{ offset: -1 }, /^offset: -1/],
    [{ offset: 9_901 }, /^offset: 9901 is out of range; allowed: a whole number from 0 to 9900/],
    [{ status: 'PENDING' }, /^status: "PENDING" is none; allowed: pending, running/],
    [{ type: 'a b' }, /^type/],
  ])('is not listed by %j', async (request, message) => {
    const answer = await connect().call('listTasks', request);
    expect(answer.error).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(message) });
  });

  test('that ended, or is unknown, says so', async () => {
    expect(await connect().call('getTaskStatus', { taskId: 'unknown' })).toMatchObject({
      error: { code: 'not_found' },
    });
  });
});

test('the gateway tells how it is, and what Prometheus reads', async () => {
  expect(await anonymous().call('healthCheck', {})).toMatchObject({
    status: 'healthy',
    details: { redis: 'ok' },
  });
  await expect(anonymous().call('getMetrics', {})).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  const metrics = await connect().call('getMetrics', {});
  expect(metrics.gauges?.boomerang_gateway_grpc_connections).toBeGreaterThan(0);
  expect(
    metrics.counters?.['boomerang_gateway_requests_total{operation="HealthCheck",code="ok"}'],
  ).toBeGreaterThan(0);
});

describe('a daemon', () => {
  async function daemon(changes: Record<string, string> = {}, at = port) {
    const stream = connect(gateway.tokens.shop, at).stream();
    stream.send('daemon.hello', hello(changes));
    return stream;
  }

  test('is assigned what is due, and its reports move the task', async () => {
    const stream = await daemon();
    const { taskId } = await connect().call(
      'submitTask',
      task({ metadata: { engine: 'x', timeout_ms: '5000' } }),
    );
    const { data } = await stream.next('task.assigned');
    expect(data).toMatchObject({
      task_id: taskId,
      type: 'playbook',
      attempt: '1',
      priority: 'normal',
      timeout_ms: '5000',
      'payload.playbook': 'main.yml',
      'metadata.engine': 'x',
    });
    const { token = '' } = data;
    stream.send('task.accepted', { token });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_RUNNING);
    stream.send('task.progress', { token, progress: '40', message: 'half' });
    await expect
      .poll(async () => (await connect().call('getTaskStatus', { taskId })).task?.progress)
      .toBe(40);
    stream.send('task.output', { token, sequence: '0', offset: '0', chunk: 'hello' });
    stream.send('task.completed', { token, exit_code: '0', 'result.hosts': '3', duration: '1.5' });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_COMPLETED);
    const { task: ended } = await connect().call('getTaskStatus', { taskId });
    expect(ended).toMatchObject({ progress: 100, result: { hosts: '3' } });
    expect(await connect().call('getTaskOutput', { taskId })).toMatchObject({
      pieces: [{ sequence: 0, offset: 0, chunk: 'hello' }],
      occurrence: 1,
      attempt: 1,
      beginningDropped: false,
    });
    stream.end();
  });

  test('is pinged back, and told of what it may not say', async () => {
    const stream = await daemon();
    stream.send('ping', { at_ms: '17' });
    expect((await stream.next('pong')).data).toEqual({ at_ms: '17' });
    for (const [type, data, message] of [
      ['', {}, /^type: it is empty/],
      ['task.teleported', {}, /^type: "task.teleported" is not known/],
      ['task.accepted', { token: 'x' }, /^token/],
      [
        'task.progress',
        { token: `01900000-0000-7000-8000-000000000000:1:${'0'.repeat(24)}`, progress: 'NaN' },
        /^task.progress.progress: "NaN" is out of range/,
      ],
      [
        'task.progress',
        { token: `01900000-0000-7000-8000-000000000000:1:${'0'.repeat(24)}`, progress: '101' },
        /^task.progress.progress/,
      ],
    ] as const) {
      stream.send(type, data);
      const { data: told } = await stream.next('error');
      expect(told).toMatchObject({ of: type, code: 'invalid_request' });
      expect(told.message).toMatch(message);
    }
    stream.send('task.completed', { token: `01900000-0000-7000-8000-000000000000:1:${'0'.repeat(24)}` });
    await stream.next('task.stale');
    stream.end();
  });

  test.each([
    [{ version: '2.0' }, /^daemon.hello.version: "2.0" is not spoken here/],
    [{ types: 'a b' }, /^daemon.hello.types/],
    [{ slots: '-1' }, /^daemon.hello.slots/],
    [{ daemon_id: '' }, /^daemon.hello.daemon_id: it is missing/],
  ])('that says hello with %j is refused', async (changes, message) => {
    const stream = await daemon(changes);
    expect((await stream.next('error')).data.message).toMatch(message);
    stream.end();
  });

  test('with a name that another instance has is refused; the same instance comes back, and the newest stream wins', async () => {
    const first = await daemon();
    first.send('ping', { at_ms: '1' });
    await first.next('pong');
    const other = await daemon({ instance_id: 'i2' }, otherPort);
    await expect.poll(() => other.error()?.details).toMatch(/another instance of daemon d1 is connected/);
    const again = await daemon({}, otherPort);
    again.send('ping', { at_ms: '2' });
    await again.next('pong');
    await expect.poll(() => first.error()?.details).toMatch(/a newer stream of this daemon took its place/);
    await connect().call('submitTask', task());
    await again.next('task.assigned');
    again.end();
    first.end();
  });

  test('that loses its stream goes on over another gateway', async () => {
    const first = await daemon();
    const { taskId } = await connect().call('submitTask', task());
    const { token = '' } = (await first.next('task.assigned')).data;
    first.send('task.accepted', { token });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_RUNNING);
    first.end();
    const again = await daemon(
      { running: `${token},01900000-0000-7000-8000-000000000000:1:${'0'.repeat(24)}` },
      otherPort,
    );
    expect((await again.next('task.stale')).data.token).toMatch(/^01900000/);
    again.send('task.completed', { token });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_COMPLETED);
    again.end();
  });

  test('without free slots, or that drains, is assigned nothing; another one is', async () => {
    const full = await daemon({ slots: '1' });
    await connect().call('submitTask', task());
    const { token = '' } = (await full.next('task.assigned')).data;
    full.send('task.accepted', { token });
    await connect().call('submitTask', task());
    const draining = await daemon({ daemon_id: 'd2' });
    await draining.next('task.assigned');
    draining.send('daemon.drain');
    draining.send('ping', { at_ms: '1' });
    await draining.next('pong');
    await connect().call('submitTask', task());
    const third = await daemon({ daemon_id: 'd3' }, otherPort);
    await third.next('task.assigned');
    expect(full.events.filter(({ type }) => type === 'task.assigned')).toHaveLength(1);
    for (const stream of [full, draining, third]) stream.end();
  });

  test('is counted by the version that it speaks', async () => {
    const streams = [await daemon({ version: '1.0' }), await daemon({ daemon_id: 'd2', version: '1.25' })];
    const daemons = async (version: string) =>
      (await connect().call('getMetrics', {})).gauges?.[`boomerang_gateway_daemons{version="${version}"}`];
    await expect.poll(() => daemons('1.0')).toBe(1);
    await expect.poll(() => daemons('other')).toBe(1);
    for (const stream of streams) stream.end();
    await expect.poll(() => daemons('1.0')).toBe(0);
  });

  test('a task waits for is told of, with how many there are', async () => {
    const waitsFor = async (taskId: string) =>
      (await connect().call('getTaskStatus', { taskId })).task?.waitingFor;
    const { taskId } = await connect().call('submitTask', task());
    await expect.poll(() => waitsFor(taskId)).toBe('no daemon for type playbook');
    const stream = await daemon({ slots: '1', 'labels.rack': '7' });
    await stream.next('task.assigned');
    const next = await connect().call('submitTask', task());
    await expect.poll(() => waitsFor(next.taskId)).toBe('1 daemon for type playbook, all full');
    stream.send('daemon.drain');
    await expect.poll(() => waitsFor(next.taskId)).toBe('1 daemon for type playbook, all draining');
    stream.end();
  });

  test('is told of its tasks by the names that its client gave them, and so are subscribers', async () => {
    const watcher = connect().stream();
    watcher.send('subscribe');
    watcher.send('ping', { at_ms: '1' });
    await watcher.next('pong');
    const first = await daemon();
    await connect().call('submitTask', task({ taskId: 'named' }));
    const { token = '' } = (await first.next('task.assigned')).data;
    first.send('task.accepted', { token });
    for (const type of ['task.scheduled', 'task.assigned', 'task.running']) {
      expect((await watcher.next(type)).data.task_id, type).toBe('named');
    }
    first.end();
    const again = await daemon({}, otherPort);
    again.send('ping', { at_ms: '1' });
    await again.next('pong');
    await connect().call('cancelTask', { taskId: 'named' });
    expect((await again.next('task.cancel')).data).toMatchObject({ task_id: 'named', token });
    again.send('task.failed', { token });
    expect((await watcher.next('task.cancelled')).data.task_id).toBe('named');
    again.send('task.heartbeat', { token, task_id: 'named' });
    expect((await again.next('task.stale')).data).toMatchObject({ task_id: 'named', token });
    for (const stream of [watcher, again]) stream.end();
  });

  test('is told of a cancellation through whichever gateway, within a second', async () => {
    const stream = await daemon();
    const { taskId } = await connect().call('submitTask', task());
    const { token = '' } = (await stream.next('task.assigned')).data;
    stream.send('task.accepted', { token });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_RUNNING);
    const cancelled = await connect(gateway.tokens.shop, otherPort).call('cancelTask', {
      taskId,
      reason: 'enough',
    });
    expect(cancelled).toMatchObject({ success: true });
    expect((await stream.next('task.cancel')).data).toMatchObject({ token, reason: 'enough' });
    expect(await statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_RUNNING);
    stream.send('task.failed', { token, exit_code: '-1' });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_CANCELED);
    stream.end();
  });

  test('a stream whose key is revoked ends within a second', async () => {
    const stream = await daemon();
    stream.send('ping', { at_ms: '1' });
    await stream.next('pong');
    const [, keyId = ''] = gateway.tokens.shop.split('_');
    const stored = await gateway.redis.get(`boomerang:key:${keyId}`);
    await gateway.redis.del(`boomerang:key:${keyId}`);
    await expect.poll(() => stream.error()?.code, { timeout: 2_500 }).toBe(status.UNAUTHENTICATED);
    await gateway.redis.set(`boomerang:key:${keyId}`, stored ?? '');
  });
});

describe('a subscriber', () => {
  test('follows what becomes of its client’s tasks, and goes on where it was', async () => {
    const stream = connect().stream();
    stream.send('subscribe');
    stream.send('ping', { at_ms: '1' });
    await stream.next('pong');
    const { taskId } = await connect().call('submitTask', task({ metadata: { delay_ms: '60000' } }));
    await connect(gateway.tokens.rival).call('submitTask', task());
    const scheduled = await stream.next('task.scheduled');
    expect(scheduled.data).toMatchObject({ task_id: taskId, occurrence: '1', attempt: '0' });
    stream.end();
    await connect().call('cancelTask', { taskId, reason: 'why not' });
    const again = connect(gateway.tokens.shop, otherPort).stream();
    again.send('subscribe', { after: scheduled.id ?? '', types: 'task.cancelled' });
    expect((await again.next('task.cancelled')).data).toMatchObject({ task_id: taskId, reason: 'why not' });
    expect(again.events.filter(({ type }) => type?.startsWith('task.'))).toHaveLength(1);
    again.end();
  });

  test.each([
    [{ types: 'task.teleported' }, /^subscribe.types: "task.teleported" is not known/],
    [{ after: 'nonsense' }, /^subscribe.after: it is no id of an event/],
  ])('with %j is refused', async (data, message) => {
    const stream = connect().stream();
    stream.send('subscribe', data);
    expect((await stream.next('error')).data.message).toMatch(message);
    stream.end();
  });
});

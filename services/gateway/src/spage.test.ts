import { spage } from '@boomerang/protocol';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { aSubmission as task, useSpageGateway } from '../test-support/use-spage-gateway.js';

const { TaskStatus, TaskPriority } = spage.core;
const at = useSpageGateway();
const { connect, anonymous, statusOf } = at;

describe('who calls', () => {
  test('exchanges a key for a token that every gateway takes', async () => {
    const answer = await anonymous().call('authenticate', { apiKey: at.gateway.tokens.shop });
    expect(answer).toMatchObject({ success: true, permissions: { register: 'allowed', execute: 'allowed' } });
    expect(answer.expiresAt).toBeGreaterThan(Date.now() / 1_000);
    expect(await anonymous().call('validateToken', { token: answer.token })).toMatchObject({
      valid: true,
      clientId: 'shop',
    });
    expect(await connect(answer.token, at.otherPort).call('submitTask', task())).toMatchObject({
      success: true,
    });
  });

  test('with a wrong key, or a token that is none, is told so in an answer', async () => {
    const refused = await anonymous().call('authenticate', { apiKey: 'bmr_x_y' });
    expect(refused).toMatchObject({ success: false, error: { code: 'unauthorized' } });
    const other = await anonymous().call('authenticate', {
      apiKey: at.gateway.tokens.shop,
      clientId: 'rival',
    });
    expect(other).toMatchObject({ success: false, error: { code: 'unauthorized' } });
    expect(await anonymous().call('validateToken', { token: 'bmt_x' })).toMatchObject({ valid: false });
  });

  test('without authorization is told what to send and where to get it', async () => {
    const calling = anonymous().call('submitTask', task());
    await expect(calling).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
      details: expect.stringMatching(/authorization: Bearer <API key or token>.*npm run client/),
    });
    const error = await calling.catch((thrown) => thrown);
    expect(error.metadata.get('grpc-status-details-bin')).toHaveLength(1);
    await expect(connect('nonsense').call('listTasks', {})).rejects.toMatchObject({
      code: status.UNAUTHENTICATED,
    });
  });

  test('without authorization is the client that a setting names, where it names one', async () => {
    const { grpc } = await at.gateway.openDoors({ spageAnonymousClient: 'shop' });
    const client = at.anonymous(grpc);
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
    const rival = connect(at.gateway.tokens.rival);
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

import { spage } from '@boomerang/protocol';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { aSubmission as task, useSpageGateway } from '../test-support/use-spage-gateway.js';

const { TaskState, TaskStatus } = spage.core;
const at = useSpageGateway();
const { connect, daemon, statusOf } = at;

describe('a daemon', () => {
  test('is assigned what is due, and its reports move the task', async () => {
    const stream = daemon();
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

  test('that ended an engine in time says so, and the task has timed out', async () => {
    const stateOf = async (taskId: string) => (await connect().call('getTaskStatus', { taskId })).task?.state;
    const stream = daemon();
    const watcher = connect().stream();
    watcher.send('subscribe', { types: 'task.timed_out' });
    const { taskId } = await connect().call(
      'submitTask',
      task({ metadata: { timeout_ms: '10', max_attempts: '1' } }),
    );
    const { token = '' } = (await stream.next('task.assigned')).data;
    expect(await stateOf(taskId)).toBe(TaskState.TASK_STATE_ASSIGNED);
    stream.send('task.accepted', { token });
    stream.send('task.failed', { token, timed_out: 'yes' });
    expect((await stream.next('error')).data.message).toBe(
      'task.failed.timed_out: "yes" is neither; allowed: true or false',
    );
    expect(await stateOf(taskId)).toBe(TaskState.TASK_STATE_RUNNING);
    stream.send('task.failed', { token, timed_out: 'true' });
    expect((await watcher.next('task.timed_out')).data).toMatchObject({
      task_id: taskId,
      outcome: 'timeout',
    });
    const { task: ended } = await connect().call('getTaskStatus', { taskId });
    const status = TaskStatus.TASK_STATUS_FAILED;
    expect(ended).toMatchObject({ status, state: TaskState.TASK_STATE_TIMED_OUT });
    for (const one of [stream, watcher]) one.end();
  });

  test('is pinged back, and told of what it may not say', async () => {
    const stream = daemon();
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
    const stream = daemon(changes);
    expect((await stream.next('error')).data.message).toMatch(message);
    stream.end();
  });

  test('with a name that another instance has is refused; the same instance comes back, and the newest stream wins', async () => {
    const first = daemon();
    first.send('ping', { at_ms: '1' });
    await first.next('pong');
    const other = daemon({ instance_id: 'i2' }, at.otherPort);
    await expect.poll(() => other.error()?.details).toMatch(/another instance of daemon d1 is connected/);
    const again = daemon({}, at.otherPort);
    again.send('ping', { at_ms: '2' });
    await again.next('pong');
    await expect.poll(() => first.error()?.details).toMatch(/a newer stream of this daemon took its place/);
    await connect().call('submitTask', task());
    await again.next('task.assigned');
    again.end();
    first.end();
  });

  test('that loses its stream goes on over another gateway', async () => {
    const first = daemon();
    const { taskId } = await connect().call('submitTask', task());
    const { token = '' } = (await first.next('task.assigned')).data;
    first.send('task.accepted', { token });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_RUNNING);
    first.end();
    const again = daemon(
      { running: `${token},01900000-0000-7000-8000-000000000000:1:${'0'.repeat(24)}` },
      at.otherPort,
    );
    expect((await again.next('task.stale')).data.token).toMatch(/^01900000/);
    again.send('task.completed', { token });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_COMPLETED);
    again.end();
  });

  test('without free slots, or that drains, is assigned nothing; another one is', async () => {
    const full = daemon({ slots: '1' });
    await connect().call('submitTask', task());
    const { token = '' } = (await full.next('task.assigned')).data;
    full.send('task.accepted', { token });
    await connect().call('submitTask', task());
    const draining = daemon({ daemon_id: 'd2' });
    await draining.next('task.assigned');
    draining.send('daemon.drain');
    draining.send('ping', { at_ms: '1' });
    await draining.next('pong');
    await connect().call('submitTask', task());
    const third = daemon({ daemon_id: 'd3' }, at.otherPort);
    await third.next('task.assigned');
    expect(full.events.filter(({ type }) => type === 'task.assigned')).toHaveLength(1);
    for (const stream of [full, draining, third]) stream.end();
  });

  test('is counted by the version that it speaks', async () => {
    const streams = [daemon({ version: '1.0' }), daemon({ daemon_id: 'd2', version: '1.25' })];
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
    const stream = daemon({ slots: '1', 'labels.rack': '7' });
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
    const first = daemon();
    await connect().call('submitTask', task({ taskId: 'named' }));
    const { token = '' } = (await first.next('task.assigned')).data;
    first.send('task.accepted', { token });
    for (const type of ['task.scheduled', 'task.assigned', 'task.running']) {
      expect((await watcher.next(type)).data.task_id, type).toBe('named');
    }
    first.end();
    const again = daemon({}, at.otherPort);
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
    const stream = daemon();
    const { taskId } = await connect().call('submitTask', task());
    const { token = '' } = (await stream.next('task.assigned')).data;
    stream.send('task.accepted', { token });
    await expect.poll(() => statusOf(taskId)).toBe(TaskStatus.TASK_STATUS_RUNNING);
    const cancelled = await connect(at.gateway.tokens.shop, at.otherPort).call('cancelTask', {
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
    const stream = daemon();
    stream.send('ping', { at_ms: '1' });
    await stream.next('pong');
    const [, keyId = ''] = at.gateway.tokens.shop.split('_');
    const stored = await at.gateway.redis.get(`boomerang:key:${keyId}`);
    await at.gateway.redis.del(`boomerang:key:${keyId}`);
    await expect.poll(() => stream.error()?.code, { timeout: 2_500 }).toBe(status.UNAUTHENTICATED);
    await at.gateway.redis.set(`boomerang:key:${keyId}`, stored ?? '');
  });
});

describe('a subscriber', () => {
  test('follows what becomes of its client’s tasks, and goes on where it was', async () => {
    const stream = connect().stream();
    stream.send('subscribe');
    stream.send('ping', { at_ms: '1' });
    await stream.next('pong');
    const { taskId } = await connect().call('submitTask', task({ metadata: { delay_ms: '60000' } }));
    await connect(at.gateway.tokens.rival).call('submitTask', task());
    const scheduled = await stream.next('task.scheduled');
    expect(scheduled.data).toMatchObject({ task_id: taskId, occurrence: '1', attempt: '0' });
    stream.end();
    await connect().call('cancelTask', { taskId, reason: 'why not' });
    const again = connect(at.gateway.tokens.shop, at.otherPort).stream();
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

import { spage } from '@boomerang/protocol';
import { expect, test } from 'vitest';
import { aSubmission, useSpageGateway } from '../test-support/use-spage-gateway.js';

const { TaskState } = spage.core;
const at = useSpageGateway();
const { connect } = at;

const later = (taskId: string, changes: spage.api.SubmitTaskRequest.$Properties = {}) =>
  aSubmission({ taskId, metadata: { delay_ms: '60000' }, ...changes });
const names = (count: number) => Array.from({ length: count }, (_, n) => `task-${n}`);

test('a thousand tasks with three bad ones: three are refused, the others are found, listed and cancelled', async () => {
  const tasks = names(1_000).map((name) => later(name));
  tasks[0] = later('task-0', { type: '' });
  tasks[500] = later('task-500', { priority: 9 as 1 });
  tasks[999] = later('task-999', { metadata: { delay_ms: 'soon' } });
  const bad = [0, 500, 999];
  const { results, error } = await connect().call('submitTasks', { tasks });
  expect(error ?? undefined).toBeUndefined();
  expect(results).toHaveLength(1_000);
  const messages = [/^type: it is empty/, /^priority: 9 is unknown/, /^metadata.delay_ms: "soon"/];
  bad.forEach((place, i) => {
    expect(results?.[place]).toMatchObject({ success: false, error: { code: 'invalid_request' } });
    expect(results?.[place]?.error?.message).toMatch(messages[i] as RegExp);
  });
  const isBad = (place: number) => bad.includes(place);
  const taken = results?.map(({ success, taskId }) => (success ? taskId : ''));
  expect(taken).toEqual(names(1_000).map((name, place) => (isBad(place) ? '' : name)));
  expect(await connect().call('listTasks', { status: 'pending' })).toMatchObject({ total: 997 });

  const found = await connect().call('getTaskStatuses', { taskIds: names(1_000) });
  expect(found.results?.map(({ task, error: refusal }) => task?.id ?? refusal?.code)).toEqual(
    names(1_000).map((name, place) => (isBad(place) ? 'not_found' : name)),
  );
  expect(found.results?.[1]?.task).toMatchObject({
    type: 'playbook',
    state: TaskState.TASK_STATE_SCHEDULED,
    payload: { playbook: 'main.yml' },
  });
  const cancelled = await connect().call('cancelTasks', {
    tasks: names(1_000).map((taskId, place) => ({ taskId, reason: place === 1 ? 'x'.repeat(1_025) : '' })),
  });
  expect(cancelled.results?.[1]?.error?.message).toMatch(/^reason: 1025 characters; allowed: at most 1024/);
  expect(cancelled.results?.[0]?.error).toMatchObject({ code: 'not_found' });
  expect(cancelled.results?.filter(({ success }) => success)).toHaveLength(996);
  expect(await connect().call('listTasks', { status: 'canceled' })).toMatchObject({ total: 996 });
});

test.each(['submitTasks', 'cancelTasks'] as const)('%s of none and of 1,001 does nothing', async (call) => {
  const refused = async (tasks: ReturnType<typeof later>[]) => (await connect().call(call, { tasks })).error;
  const code = 'invalid_request';
  expect(await refused([])).toMatchObject({
    code,
    message: 'tasks: it is empty; allowed: 1 to 1000 tasks in one call',
  });
  expect(await refused(names(1_001).map((name) => later(name)))).toMatchObject({
    code,
    message: 'tasks: 1001 tasks; allowed: 1 to 1000 tasks in one call',
  });
  expect(await connect().call('listTasks', {})).toMatchObject({ total: 0 });
});

test('the states of none and of 1,001 are not answered', async () => {
  for (const taskIds of [[], names(1_001)]) {
    const { results, error } = await connect().call('getTaskStatuses', { taskIds });
    expect(error).toMatchObject({ code: 'invalid_request', message: expect.stringMatching(/^task_ids: /) });
    expect(results).toEqual([]);
  }
});

test('tasks of one name are refused, all of them, and the others taken', async () => {
  const tasks = [
    later('a'),
    later('twice'),
    later('b'),
    later('twice', { type: 'other' }),
    later(''),
    later(''),
  ];
  const { results } = await connect().call('submitTasks', { tasks });
  expect(results?.map(({ success }) => success)).toEqual([true, false, true, false, true, true]);
  for (const place of [1, 3]) {
    expect(results?.[place]?.error?.message).toBe(
      'task_id: tasks[1], tasks[3] have it; allowed: a name of its own for each task of a batch',
    );
  }
  expect(await connect().call('listTasks', {})).toMatchObject({ total: 4 });
  expect(await connect().call('getTaskStatus', { taskId: 'twice' })).toMatchObject({
    error: { code: 'not_found' },
  });
});

test('a batch that comes again is the same tasks, and a name with other content is refused alone', async () => {
  const tasks = names(20).map((name) => later(name));
  const first = await connect().call('submitTasks', { tasks });
  expect(await connect(at.gateway.tokens.shop, at.otherPort).call('submitTasks', { tasks })).toEqual(first);
  const changed = tasks.map((task, place) => (place === 3 ? { ...task, type: 'other' } : task));
  const { results } = await connect().call('submitTasks', { tasks: changed });
  expect(results?.filter(({ success }) => success)).toHaveLength(19);
  expect(results?.[3]?.error).toMatchObject({ code: 'conflict', details: { field: 'task_id' } });
  expect(await connect().call('listTasks', {})).toMatchObject({ total: 20 });
});

test('tasks of another client are not found', async () => {
  await connect().call('submitTasks', { tasks: [later('mine')] });
  const rival = connect(at.gateway.tokens.rival);
  const { task } = await connect().call('getTaskStatus', { taskId: 'mine' });
  const taskIds = ['mine', task?.id ?? ''];
  const found = await rival.call('getTaskStatuses', { taskIds });
  const cancelled = await rival.call('cancelTasks', { tasks: taskIds.map((taskId) => ({ taskId })) });
  for (const { error } of [...(found.results ?? []), ...(cancelled.results ?? [])]) {
    expect(error).toMatchObject({ code: 'not_found' });
  }
});

test('what does not fit into an answer is told so, and read in another call', async () => {
  const payload = { text: 'x'.repeat(900_000) };
  for (const name of names(5)) await connect().call('submitTask', later(name, { payload }));
  const { results } = await connect().call('getTaskStatuses', { taskIds: names(5) });
  const answered = results?.map(({ task, error }) => task?.id ?? error?.code);
  expect(answered?.slice(0, 3)).toEqual(names(3));
  expect(answered?.slice(3)).toEqual(['exhausted', 'exhausted']);
  const rest = await connect().call('getTaskStatuses', { taskIds: ['task-3', 'task-4'] });
  expect(rest.results?.map(({ task }) => task?.id)).toEqual(['task-3', 'task-4']);
});

test('a limit of the client on intervals holds for tasks of daemons, alone in a batch too', async () => {
  const { redis } = at.gateway;
  await redis.hset('boomerang:limits:shop', 'shortestIntervalMs', '60000');
  const often = later('often', { metadata: { repeat_interval_ms: '1000' } });
  await expect
    .poll(async () => (await connect().call('submitTask', often)).error?.message, { timeout: 5_000 })
    .toBe('metadata.repeat_interval_ms: 1000 is too short; allowed: 60000 and more for this client');
  const { results } = await connect().call('submitTasks', { tasks: [often, later('once')] });
  expect(results?.map(({ success }) => success)).toEqual([false, true]);
  await redis.del('boomerang:limits:shop');
});

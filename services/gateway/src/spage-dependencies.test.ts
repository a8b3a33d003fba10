import { spage } from '@boomerang/protocol';
import { expect, test } from 'vitest';
import { aSubmission, useSpageGateway } from '../test-support/use-spage-gateway.js';

const { TaskState, TaskStatus } = spage.core;
const at = useSpageGateway();
const { connect } = at;

const waiting = (taskId: string, depends_on: string, metadata = {}) =>
  aSubmission({ taskId, metadata: { depends_on, ...metadata } });
const later = (taskId: string) => aSubmission({ taskId, metadata: { delay_ms: '60000' } });

test('a task that waits says so, what for, and what it waited for when that ends badly', async () => {
  const tasks = [later('fetch'), later('build'), waiting('ship', 'fetch, build')];
  await connect().call('submitTasks', { tasks });
  const { task } = await connect().call('getTaskStatus', { taskId: 'ship' });
  expect(task).toMatchObject({
    state: TaskState.TASK_STATE_WAITING,
    status: TaskStatus.TASK_STATUS_PENDING,
    waitingFor: '2 tasks: build, fetch',
  });
  const many = await connect().call('getTaskStatuses', { taskIds: ['fetch', 'ship'] });
  expect(many.results?.[1]?.task).toMatchObject({
    state: TaskState.TASK_STATE_WAITING,
    waitingFor: '2 tasks',
  });
  expect(await connect().call('listTasks', { status: 'pending' })).toMatchObject({ total: 3 });
});

test.each([
  [waiting('x', 'x'), /^metadata.depends_on: it names the task itself; allowed: other tasks/],
  [waiting('x', 'nobody'), /^metadata.depends_on: "nobody" is no such task; allowed: tasks of yours/],
  [
    waiting('x', Array.from({ length: 1_001 }, (_, n) => n).join()),
    /^metadata.depends_on: 1001 tasks; allowed/,
  ],
  [waiting('x', 'a,,b'), /^metadata.depends_on: "" is no name of a task; allowed/],
  [waiting('x', '', { on_dependency_failure: 'stop' }), /^metadata.on_dependency_failure: "stop" is neither/],
])('a dependency that can not be is refused, and nothing is done: %#', async (submission, message) => {
  const answer = await connect().call('submitTask', submission);
  expect(answer).toMatchObject({ success: false, error: { code: 'invalid_request' } });
  expect(answer.error?.message).toMatch(message);
  expect(await connect().call('listTasks', {})).toMatchObject({ total: 0 });
});

test('a task of another client can not be waited for, by its name or by its id', async () => {
  const { taskId } = await connect(at.gateway.tokens.rival).call('submitTask', later(''));
  await connect(at.gateway.tokens.rival).call('submitTask', later('theirs'));
  for (const name of [taskId, 'theirs']) {
    const { error } = await connect().call('submitTask', waiting('mine', String(name)));
    expect(error?.message).toMatch(/is no such task/);
  }
});

test('what waits for a task that its batch refuses is refused, even if a task of that name is there', async () => {
  await connect().call('submitTask', later('a'));
  const { results } = await connect().call('submitTasks', {
    tasks: [
      aSubmission({ taskId: 'a', priority: 9 as 1 }),
      waiting('b', 'a'),
      aSubmission({ taskId: 'c', type: '' }),
      waiting('d', 'c'),
      later('e'),
      waiting('f', 'e'),
    ],
  });
  expect(results?.map(({ success }) => success)).toEqual([false, false, false, false, true, true]);
  for (const [place, name] of [
    [1, 'a'],
    [3, 'c'],
  ] as const) {
    expect(results?.[place]?.error?.message).toMatch(`"${name}" stands in the same batch, and is refused`);
  }
});

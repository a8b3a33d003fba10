import {
  type DeadLetterPosition,
  type OfferedExecution,
  parseDeadLetterId,
  validateSubmission,
} from '@boomerang/domain';
import { beforeEach, expect, test } from 'vitest';
import { SETTINGS } from '../../test-support/test-engine.js';
import { daemon, report, useTestExecutions } from '../../test-support/use-test-executions.js';
import { scanDeadLetters } from '../dead-letters/scan-dead-letters.js';
import { createEventStore } from '../events/event-store.js';
import { createExecutionStore } from './execution-store.js';

const { engine, tasks, assignments, submit, drain, offered, started } = useTestExecutions();
const other = { clientId: 'shop', daemonId: 'd2' };
const failed = report({ succeeded: false, exitCode: 3 });

beforeEach(async () => {
  await createEventStore(engine.engine.connection, engine.map).follow('shop');
});

const stateOf = async (taskId: string) => (await tasks().get('shop', taskId))?.state;
/** The end of leases and offers, whenever it is. */
async function recover() {
  for (const keys of engine.partitions) {
    for (const index of [keys.leases, `${keys.executionPrefix}offers`]) {
      for (const member of await engine.redis.zrange(index, '0', '-1'))
        await engine.redis.zadd(index, 1, member);
    }
  }
  for (const partition of [0, 1]) await engine.slices().recoverLost(partition, Number.MAX_SAFE_INTEGER);
}
const forgetRefusals = () =>
  engine.redis.del(...engine.partitions.map(({ executionPrefix }) => `${executionPrefix}refusals`));

test('a task is scheduled, ready, assigned, running and completed, and the store says so', async () => {
  const { taskId } = await submit();
  expect(await stateOf(taskId)).toBe('scheduled');
  await drain();
  expect(await stateOf(taskId)).toBe('ready');
  const [execution] = (await offered()) as [OfferedExecution];
  expect(execution).toMatchObject({
    taskId,
    type: 'playbook',
    priority: 'normal',
    attempt: 1,
    leaseMs: 30_000,
    payload: { playbook: 'main.yml' },
  });
  expect(await stateOf(taskId)).toBe('assigned');
  expect(await assignments().accept(daemon, execution)).toBe('taken');
  expect(await assignments().accept(daemon, execution)).toBe('taken');
  expect(await stateOf(taskId)).toBe('running');
  const progress = { percent: 40, message: 'half', metadata: {} };
  expect(await assignments().renew(daemon, execution, progress)).toBe('taken');
  expect(await tasks().get('shop', taskId)).toMatchObject({ state: 'running', progress: 40 });
  expect(await assignments().report(daemon, execution, report({ result: { hosts: '3' } }))).toBe('taken');
  expect(await tasks().get('shop', taskId)).toMatchObject({
    state: 'completed',
    progress: 100,
    result: { hosts: '3' },
    completedAtMs: expect.any(Number),
  });
  expect(await assignments().report(daemon, execution, report())).toBe('stale');
});

test('nothing is left behind by tasks that ended, but what is documented', async () => {
  const { taskId } = await submit();
  await assignments().report(daemon, await started(), report());
  const keys = (await engine.redis.keys('*')).filter((key) => !/^boomerang:|bull/.test(key)).sort();
  const kept = keys.map((key) => key.replace(/^\{\w+\}/, '').replace(taskId, '<id>'));
  expect(new Set(kept)).toEqual(
    new Set([
      'claims',
      'e:shop',
      't:<id>',
      'x:ended',
      'x:list:shop:playbook:completed',
      'x:report:<id>',
      'x:types:shop',
    ]),
  );
});

test('the urgent go first over all partitions, and of the same urgency the older ones', async () => {
  const submitted: Record<string, string> = {};
  for (const priority of ['low', 'normal', 'critical', 'high', 'normal'] as const) {
    submitted[(await submit({}, { priority })).taskId] = priority;
  }
  const order: (string | undefined)[] = [];
  for (let i = 0; i < 5; i++)
    order.push(...(await offered(daemon, 1)).map(({ taskId }) => submitted[taskId]));
  expect(order).toEqual(['critical', 'high', 'normal', 'normal', 'low']);
});

test('a daemon gets only its client’s tasks and only its types, and no more than it has room for', async () => {
  await submit();
  await submit({}, { type: 'backup' });
  await submit({}, {}, 'rival');
  expect(await offered(daemon, 10, ['unknown'])).toEqual([]);
  expect(await offered(daemon, 10, ['backup'])).toMatchObject([{ type: 'backup' }]);
  expect(await offered({ clientId: 'shop2', daemonId: 'd' })).toEqual([]);
  expect(await offered()).toMatchObject([{ type: 'playbook' }]);
  for (let i = 0; i < 6; i++) await submit();
  expect(await offered(daemon, 4)).toHaveLength(4);
});

test('another client’s daemon can do nothing with a handle', async () => {
  await submit();
  const execution = await started();
  const stranger = { clientId: 'rival', daemonId: 'd1' };
  for (const outcome of [
    await assignments().accept(stranger, execution),
    await assignments().renew(stranger, execution),
    await assignments().handBack(stranger, execution),
    await assignments().report(stranger, execution, report()),
    await assignments().appendOutput(stranger, execution, { sequence: 0, offset: 0, chunk: 'x' }),
  ]) {
    expect(outcome).toBe('stale');
  }
  expect(await stateOf(execution.taskId)).toBe('running');
});

test('what is handed back is uncounted, and goes to another daemon first', async () => {
  const { taskId } = await submit({ max_attempts: '1' });
  const execution = await started();
  expect(await assignments().handBack(daemon, execution)).toBe('taken');
  expect(await stateOf(taskId)).toBe('ready');
  expect(await offered(daemon)).toEqual([]);
  expect(await offered(other)).toMatchObject([{ taskId, attempt: 1 }]);
  expect(await assignments().report(daemon, execution, report())).toBe('stale');
});

test('an offer that nobody accepts goes back uncounted, and its token is worth nothing', async () => {
  const { taskId } = await submit();
  const [execution] = (await offered()) as [OfferedExecution];
  await recover();
  expect(await assignments().accept(daemon, execution)).toBe('stale');
  expect(await offered(daemon)).toEqual([]);
  expect(await offered(other)).toMatchObject([{ taskId, attempt: 1 }]);
});

test('an execution that fails is tried again until its attempts are exhausted, and is a dead letter then', async () => {
  const { taskId } = await submit({ max_attempts: '2', retry_interval_ms: '1' });
  expect(await assignments().report(daemon, await started(), failed)).toBe('taken');
  expect(await stateOf(taskId)).toBe('retrying');
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = await started();
  expect(second.attempt).toBe(2);
  await assignments().report(daemon, second, failed);
  expect(await tasks().get('shop', taskId)).toMatchObject({ state: 'failed' });
  const letters = [];
  for await (const letter of scanDeadLetters(engine.redis, engine.partitions)) letters.push(letter);
  expect(letters).toMatchObject([
    { taskId, attempts: 2, errorClass: 'rejected', history: [{ attempt: 1 }, { attempt: 2 }] },
  ]);
});

test('a dead letter of an execution is replayed as an execution', async () => {
  const { taskId } = await submit({ max_attempts: '1' }, { priority: 'critical' });
  await assignments().report(daemon, await started(), failed);
  for await (const { id } of scanDeadLetters(engine.redis, engine.partitions)) {
    const position = parseDeadLetterId(id) as DeadLetterPosition;
    const options = { callback: undefined, evenNotForwarded: false, startMs: 0 };
    await engine.deadLetters.replay('shop', [{ id: position, delayMs: 0 }], options);
  }
  const [again] = (await offered()) as [OfferedExecution];
  expect(again).toMatchObject({ type: 'playbook', priority: 'critical', payload: { playbook: 'main.yml' } });
  expect(again.taskId).not.toBe(taskId);
  expect((await tasks().list('shop', { type: '', status: undefined }, 10, 0)).total).toBe(2);
});

test('a lost lease counts, and the last one makes a dead letter', async () => {
  const { taskId } = await submit({ max_attempts: '2' });
  const first = await started();
  await recover();
  expect(await stateOf(taskId)).toBe('retrying');
  expect(await assignments().renew(daemon, first)).toBe('stale');
  await forgetRefusals();
  const second = await started();
  expect(second.attempt).toBe(2);
  await recover();
  expect(await stateOf(taskId)).toBe('failed');
  expect(await assignments().report(daemon, second, report())).toBe('stale');
});

test('a cancel before the execution ends the task; during one the daemon is told, and its report ends it', async () => {
  const waiting = await submit({ delay_ms: '60000' });
  expect(await tasks().cancel('shop', waiting.taskId, 'no need')).toEqual({ kind: 'cancelled' });
  expect(await tasks().cancel('shop', waiting.taskId, 'again')).toEqual({ kind: 'cancelled' });
  await submit();
  const [offer] = (await offered()) as [OfferedExecution];
  expect(await tasks().cancel('shop', offer.taskId, '')).toEqual({ kind: 'cancelled' });
  expect(await assignments().accept(daemon, offer)).toBe('stale');

  await submit({ max_attempts: '5' });
  const execution = await started();
  const told = new Promise<string[]>((resolve) =>
    assignments().onCancelled((taskId, reason) => resolve([taskId, reason])),
  );
  expect(await tasks().cancel('shop', execution.taskId, 'changed my mind')).toEqual({ kind: 'cancelling' });
  expect(await told).toEqual([execution.taskId, 'changed my mind']);
  expect(await stateOf(execution.taskId)).toBe('cancelling');
  expect(await assignments().renew(daemon, execution)).toBe('cancelling');
  expect(await assignments().report(daemon, execution, failed)).toBe('taken');
  expect(await stateOf(execution.taskId)).toBe('cancelled');
  expect(await tasks().cancel('rival', execution.taskId, '')).toEqual({ kind: 'not_found' });
});

test('one that is cancelled while it runs and never heard of again ends with its lease', async () => {
  await submit();
  const { taskId } = await started();
  await tasks().cancel('shop', taskId, '');
  await recover();
  expect(await stateOf(taskId)).toBe('cancelled');
});

test('a recurring task goes on after an execution of it has ended, however it did', async () => {
  const { taskId } = await submit({ repeat_interval_ms: '100', max_attempts: '1' });
  const first = await started();
  expect(first.occurrence).toBe(1);
  await assignments().report(daemon, first, failed);
  await new Promise((resolve) => setTimeout(resolve, 120));
  const second = await started();
  expect(second).toMatchObject({ taskId, attempt: 1 });
  expect(second.occurrence).toBeGreaterThan(1);
  await assignments().report(daemon, second, report());
  expect(await tasks().cancel('shop', taskId, '')).toEqual({ kind: 'cancelled' });
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(await offered()).toEqual([]);
});

test('what a daemon holds is found again, in whatever partition it is', async () => {
  for (let i = 0; i < 4; i++) await submit();
  const executions = await offered();
  await assignments().accept(daemon, executions[0] as OfferedExecution);
  const held = await assignments().heldBy(daemon);
  expect(held.map(({ token }) => token).sort()).toEqual(executions.map(({ token }) => token).sort());
  expect(await assignments().heldBy(other)).toEqual([]);
  await assignments().report(daemon, executions[0] as OfferedExecution, report());
  expect(await assignments().heldBy(daemon)).toHaveLength(3);
});

test('tasks are listed by status and type, the newest first, with how many there are', async () => {
  for (let i = 0; i < 5; i++) await submit({ delay_ms: '60000' });
  // Those of one millisecond are in no order.
  await new Promise((resolve) => setTimeout(resolve, 3));
  const newest = await submit({ delay_ms: '60000' }, { type: 'backup' });
  await submit({}, {}, 'rival');
  const all = { status: undefined, type: '' } as const;
  const page = await tasks().list('shop', all, 2, 0);
  expect(page).toMatchObject({ total: 6, tasks: [{ taskId: newest.taskId }, {}] });
  const rest = await tasks().list('shop', all, 10, 2);
  const ids = [...page.tasks, ...rest.tasks].map(({ taskId }) => taskId);
  expect(new Set(ids).size).toBe(6);
  expect((await tasks().list('shop', { ...all, type: 'backup' }, 10, 0)).total).toBe(1);
  await tasks().cancel('shop', newest.taskId, '');
  expect(await tasks().list('shop', { type: '', status: 'canceled' }, 10, 0)).toMatchObject({
    total: 1,
    tasks: [{ taskId: newest.taskId, state: 'cancelled' }],
  });
  expect((await tasks().list('shop', { type: '', status: 'pending' }, 10, 0)).total).toBe(5);
  expect(await tasks().list('shop', all, 10, 100)).toMatchObject({ total: 6, tasks: [] });
});

test('the same name with the same content is the same task, and with another content refused', async () => {
  const named = { name: 'task-123' };
  const [first, second] = await Promise.all([submit({}, named), submit({}, named)]);
  expect(second).toEqual(first);
  await expect(submit({ delay_ms: '1' }, named)).rejects.toMatchObject({ code: 'conflict', field: 'taskId' });
  const other = await submit({}, named, 'rival');
  expect(other.taskId).not.toBe(first.taskId);
  expect(await tasks().get('shop', 'task-123')).toMatchObject({ taskId: first.taskId, name: 'task-123' });
  expect(await tasks().get('shop', first.taskId)).toMatchObject({ name: 'task-123' });
  expect((await tasks().list('shop', { type: '', status: undefined }, 10, 0)).total).toBe(1);
  await assignments().report(daemon, await started(), report());
  expect(await submit({}, named)).toEqual(first);
  expect(await offered()).toEqual([]);
  expect(await tasks().cancel('shop', 'task-123', '')).toEqual({ kind: 'ended', state: 'completed' });
});

test('a repetition finishes a submission whose gateway died between the reservation and the registration', async () => {
  const named = { name: 'half-done' };
  const dying = createExecutionStore(
    (name, keys, args) =>
      name === 'submit' ? Promise.reject(new Error('killed')) : engine.run(name, keys, args),
    engine.map,
    SETTINGS,
  );
  const submission = validateSubmission({
    ...named,
    type: 'playbook',
    priority: 'normal',
    payload: { playbook: 'main.yml' },
    metadata: {},
  });
  await expect(dying.submit('shop', submission)).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(await tasks().get('shop', 'half-done')).toBeUndefined();
  const { taskId } = await tasks().submit('shop', submission);
  expect(await tasks().get('shop', 'half-done')).toMatchObject({ taskId });
  expect(await offered()).toMatchObject([{ taskId, name: 'half-done' }]);
});

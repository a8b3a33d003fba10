import type { OfferedExecution } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { daemon, report, useTestExecutions } from '../../test-support/use-test-executions.js';

const { engine, tasks, assignments, submit, started } = useTestExecutions();
const LATEST = { of: undefined, fromSequence: 0 };
const PIECE = 65_536;

async function write(execution: OfferedExecution, sequence: number, chunk = 'x'.repeat(PIECE)) {
  const piece = { sequence, offset: sequence * PIECE, chunk };
  expect(await assignments().appendOutput(daemon, execution, piece)).toBe('taken');
}
const outputOf = async (taskId: string, range: Parameters<ReturnType<typeof tasks>['output']>[2] = LATEST) =>
  (await tasks().output('shop', taskId, range)) ?? { pieces: [], beginningDropped: undefined };
const sequences = async (taskId: string) => (await outputOf(taskId)).pieces.map(({ sequence }) => sequence);

test('of what an execution writes the last 256 KiB are kept, and a piece that comes twice is kept once', async () => {
  const { taskId } = await submit();
  const execution = await started();
  expect(await outputOf(taskId)).toMatchObject({ attempt: 0, pieces: [], beginningDropped: false });
  for (let sequence = 0; sequence < 6; sequence++) {
    await write(execution, sequence);
    await write(execution, sequence);
  }
  expect(await sequences(taskId)).toEqual([2, 3, 4, 5]);
  expect(await outputOf(taskId)).toMatchObject({ occurrence: 1, attempt: 1, beginningDropped: true });
  const rest = await outputOf(taskId, { of: undefined, fromSequence: 5 });
  expect(rest.pieces).toEqual([{ sequence: 5, offset: 5 * PIECE, chunk: 'x'.repeat(PIECE) }]);
});

test('a piece that is missing is seen, one that is late takes its place, and one that is too late does no harm', async () => {
  const { taskId } = await submit();
  const execution = await started();
  await write(execution, 0, 'a\n0 0 ü');
  await write(execution, 2);
  expect(await sequences(taskId)).toEqual([0, 2]);
  expect((await outputOf(taskId)).pieces[0]?.chunk).toBe('a\n0 0 ü');
  await write(execution, 1);
  expect(await sequences(taskId)).toEqual([0, 1, 2]);
  await assignments().report(daemon, execution, report());
  const late = { sequence: 3, offset: 0, chunk: 'late' };
  expect(await assignments().appendOutput(daemon, execution, late)).toBe('stale');
  expect(await sequences(taskId)).toEqual([0, 1, 2]);
});

test('each attempt has its own 256 KiB, and either can be read', async () => {
  const { taskId } = await submit({ retry_interval_ms: '1' });
  const first = await started();
  for (let sequence = 0; sequence < 4; sequence++) await write(first, sequence);
  await assignments().report(daemon, first, report({ succeeded: false }));
  await expect.poll(async () => (await tasks().get('shop', taskId))?.state).toBe('retrying');
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = await started();
  for (let sequence = 0; sequence < 4; sequence++) await write(second, sequence);
  expect(await sequences(taskId)).toEqual([0, 1, 2, 3]);
  expect(await outputOf(taskId)).toMatchObject({ attempt: 2, beginningDropped: false });
  const ofFirst = await outputOf(taskId, { of: { occurrence: 1, attempt: 1 }, fromSequence: 0 });
  expect(ofFirst.pieces).toHaveLength(4);
});

test('what comes with a report is kept if no piece came before, and is nowhere else', async () => {
  await submit();
  const first = await started();
  await assignments().report(daemon, first, report({ output: 'all of it' }));
  expect((await outputOf(first.taskId)).pieces).toEqual([{ sequence: 0, offset: 0, chunk: 'all of it' }]);
  await submit();
  const second = await started();
  await write(second, 0, 'a piece');
  await assignments().report(daemon, second, report({ output: 'all of it' }));
  expect((await outputOf(second.taskId)).pieces.map(({ chunk }) => chunk)).toEqual(['a piece']);
  for (const key of await engine.redis.keys('*x:report:*')) {
    expect(await engine.redis.hget(key, 'report')).not.toContain('all of it');
  }
});

test('a client that writes more than it may loses what it wrote longest ago, is told, and takes nothing of another’s', async () => {
  const [keys] = engine.partitions;
  const run = (client: string, taskId: string, chunk: string) => {
    const piece = ['0', '0', chunk, String(2 * PIECE)];
    const { token, occurrence } = held.get(taskId) as OfferedExecution;
    const member = `${taskId}:${occurrence}`;
    return engine.run('append-output', keys as never, [client, member, Buffer.from(token, 'hex'), ...piece]);
  };
  const held = new Map<string, OfferedExecution>();
  const inFirst: string[] = [];
  while (inFirst.length < 4) {
    const { taskId } = await submit();
    const execution = await started();
    held.set(taskId, execution);
    if (taskId.slice(15, 18) === '000') inFirst.push(taskId);
  }
  const [oldest = '', older = '', newer = '', newest = ''] = inFirst;
  for (const taskId of [oldest, older, newer, newest]) {
    expect(await run('shop', taskId, 'x'.repeat(PIECE))).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(await outputOf(oldest)).toMatchObject({ pieces: [], beginningDropped: true });
  expect(await outputOf(older)).toMatchObject({ pieces: [], beginningDropped: true });
  expect(await sequences(newer)).toEqual([0]);
  expect(await sequences(newest)).toEqual([0]);
});

test('output of another client’s task, or of one that there is not, is not found', async () => {
  const { taskId } = await submit();
  expect(await tasks().output('rival', taskId, LATEST)).toBeUndefined();
  expect(await tasks().output('shop', 'nobody', LATEST)).toBeUndefined();
});

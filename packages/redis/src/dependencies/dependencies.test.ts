import { BoomerangError, type EventCursor, type Submission, validateSubmission } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../test-support/test-engine.js';
import { daemon, report, useTestExecutions } from '../../test-support/use-test-executions.js';
import type { RunScript } from '../engine/scripts.js';
import { createEventStore } from '../events/event-store.js';
import { createExecutionStore } from '../executions/execution-store.js';
import { createDependencyStore } from './dependency-store.js';

const { engine, tasks, assignments, offered } = useTestExecutions();

function submission(name: string, dependsOn: readonly string[] = [], metadata = {}): Submission {
  const waits = dependsOn.length === 0 ? {} : { depends_on: JSON.stringify(dependsOn) };
  return validateSubmission({
    ...{ name, type: 'playbook', priority: 'normal', payload: {} },
    metadata: { ...waits, max_attempts: '1', ...metadata },
  });
}
const submitAll = (...submissions: Submission[]) => tasks().submitAll('shop', submissions);
const submit = (...asked: Parameters<typeof submission>) => tasks().submit('shop', submission(...asked));
const kinds = (results: readonly unknown[]) =>
  results.map((result) => (result instanceof BoomerangError ? result.code : 'ok'));
const stateOf = async (name: string) => (await tasks().get('shop', name))?.state;
const waitingFor = async (name: string) => (await tasks().get('shop', name))?.waitingFor;

type Through = (...call: Parameters<RunScript>) => Promise<unknown> | undefined;
/** What runs scripts through `through` first. */
const runThrough =
  (through: Through): RunScript =>
  (...call) =>
    through(...call) ?? engine.run(...call);
/** Dies at each call of a script but the first few. */
function dyingAt(script: string, survives = 0): RunScript {
  let calls = 0;
  return runThrough((name) =>
    name === script && ++calls > survives ? Promise.reject(new Error('killed')) : undefined,
  );
}
const storeWith = (run: RunScript) => createExecutionStore(run, engine.map, SETTINGS);

function schedulerWith(run: RunScript = engine.run) {
  const { partitions } = engine;
  const { wakeListener } = engine.engine;
  return createDependencyStore({ run, partitions, wakeListener }, SETTINGS);
}
/** What schedulers do in each partition, until nothing is left. */
async function sweep(scheduler = schedulerWith()): Promise<void> {
  for (let more = true; more; ) {
    more = false;
    for (const partition of [0, 1]) {
      more = (await scheduler.tellDependants(partition)).more || more;
      more = (await scheduler.checkWaiting(partition)).more || more;
    }
  }
}
/** As if the time had come at which waiting tasks are checked. */
async function checkDue(): Promise<void> {
  for (const { executionPrefix } of engine.partitions) {
    for (const id of await engine.redis.zrange(`${executionPrefix}waiting`, '0', '-1'))
      await engine.redis.zadd(`${executionPrefix}waiting`, 1, id);
  }
}

/** Executes what is ready and ends it so; the names, in order. */
async function execute(succeeded: boolean | ((name: string) => boolean) = true): Promise<string[]> {
  const names: string[] = [];
  for (const execution of await offered(daemon, 64)) {
    await assignments().accept(daemon, execution);
    const good = typeof succeeded === 'boolean' ? succeeded : succeeded(execution.name);
    await assignments().report(daemon, execution, report({ succeeded: good }));
    names.push(execution.name);
  }
  return names.sort();
}

/** Nothing of dependencies is left in Redis. */
async function expectNothingLeft(): Promise<void> {
  const keys = await engine.redis.keys('*x:*');
  expect(keys.filter((key) => /x:(waits:|dependants:|waiting$|outbox$)/.test(key))).toEqual([]);
}

const names = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `task-${n + from}`);

describe('a task that waits for others', () => {
  test('is executed when all of them have completed, and says what it waits for', async () => {
    await submitAll(submission('a'), submission('b'), submission('c', ['a', 'b']));
    expect(await stateOf('c')).toBe('waiting');
    expect(await waitingFor('c')).toBe('2 tasks: a, b');
    expect(await tasks().list('shop', { status: 'pending', type: '' }, 10, 0)).toMatchObject({ total: 3 });
    expect(await execute((name) => name === 'a' || name === 'b')).toEqual(['a', 'b']);
    expect(await stateOf('c')).toBe('waiting');
    await sweep();
    expect(await stateOf('c')).toBe('scheduled');
    expect(await execute()).toEqual(['c']);
    await expectNothingLeft();
  });

  test('waits for those of them that are left', async () => {
    await submitAll(submission('a'), submission('b', [], { delay_ms: '60000' }), submission('c', ['a', 'b']));
    await execute();
    await sweep();
    expect(await waitingFor('c')).toBe('1 task: b');
    expect(await execute()).toEqual([]);
  });

  test('of which one has completed already does not wait for it', async () => {
    await submit('a');
    await execute();
    await submit('b', ['a']);
    expect(await stateOf('b')).toBe('scheduled');
    await submit('c', ['a', 'b']);
    expect(await waitingFor('c')).toBe('1 task: b');
    expect(await execute()).toEqual(['b']);
    await sweep();
    expect(await execute()).toEqual(['c']);
    await expectNothingLeft();
  });

  test('is due at its time, if that is later', async () => {
    await submitAll(submission('a'), submission('b', ['a'], { delay_ms: '60000' }));
    await execute();
    await sweep();
    expect(await stateOf('b')).toBe('scheduled');
    expect(await execute()).toEqual([]);
  });

  test('and recurs begins to recur then', async () => {
    const interval = { repeat_interval_ms: '60000' };
    await submitAll(submission('a', [], { delay_ms: '60' }), submission('b', ['a'], interval));
    await expect.poll(execute).toEqual(['a']);
    await sweep();
    expect(await execute()).toEqual(['b']);
    const list = await engine.tasks.list(
      'shop',
      { scheduledAfterMs: 0, scheduledBeforeMs: 0, recurring: true },
      10,
    );
    expect(list.tasks[0]?.dueMs).toBeGreaterThan((await engine.now()) + 59_000);
  });

  test('tells its states by events', async () => {
    const events = createEventStore(engine.engine.connection, engine.map);
    await events.follow('shop');
    const start: EventCursor = await events.latest('shop');
    await submit('a');
    const { taskId } = await submit('b', ['a']);
    await execute();
    await sweep();
    const told = (await events.read('shop', start, 100)).events.map(({ event }) => event);
    const own = told.filter((event) => event?.taskId === taskId);
    expect(own.map((event) => [event?.kind, event?.details.name])).toEqual([
      ['waiting', 'b'],
      ['scheduled', 'b'],
    ]);
  });

  test('can be cancelled, and nothing of it is left when the others end', async () => {
    await submitAll(submission('a'), submission('b', ['a']), submission('c', ['b']));
    expect(await tasks().cancel('shop', 'b', '')).toEqual({ kind: 'cancelled' });
    await sweep();
    expect(await stateOf('c')).toBe('cancelled');
    expect(await execute()).toEqual(['a']);
    await sweep();
    await expectNothingLeft();
  });
});

describe('when one that is waited for', () => {
  test.each<[string, (name: string) => Promise<unknown>, RegExp]>([
    ['fails', () => execute(false), /^it waited for a, which failed$/],
    ['is cancelled', (name) => tasks().cancel('shop', name, ''), /^it waited for a, which was cancelled$/],
    ['expires', () => expire(), /^it waited for a, which expired$/],
  ])('%s, who waits is cancelled, and whoever waits for that, with the reason', async (_, end, reason) => {
    const events = createEventStore(engine.engine.connection, engine.map);
    await events.follow('shop');
    const start: EventCursor = await events.latest('shop');
    await submitAll(
      submission('a', [], { expires_after_ms: '10000' }),
      submission('b', ['a']),
      submission('c', ['b']),
      submission('d', ['a'], { on_dependency_failure: 'run' }),
    );
    await end('a');
    await sweep();
    expect([await stateOf('b'), await stateOf('c'), await stateOf('d')]).toEqual([
      'cancelled',
      'cancelled',
      'scheduled',
    ]);
    const told = (await events.read('shop', start, 100)).events.map(({ event }) => event);
    const cancelled = told.find((event) => event?.kind === 'cancelled' && event.details.name === 'b');
    expect(cancelled?.details.reason).toMatch(reason);
    expect(await execute()).toEqual(['d']);
    await sweep();
    await expectNothingLeft();
  });

  async function expire(): Promise<void> {
    for (const partition of [0, 1]) await engine.occurrences.claim(partition, 10, 1_000);
    for (const { executionPrefix } of engine.partitions) {
      const key = `${executionPrefix}expiring`;
      for (const member of await engine.redis.zrange(key, '0', '-1')) await engine.redis.zadd(key, 1, member);
    }
    for (const partition of [0, 1]) await engine.slices().recoverLost(partition, await engine.now());
  }

  test('is tried again, nobody is told before it has ended', async () => {
    await submitAll(
      submission('a', [], { max_attempts: '2', retry_interval_ms: '1' }),
      submission('b', ['a']),
    );
    await execute(false);
    await sweep();
    expect(await stateOf('b')).toBe('waiting');
    await expect.poll(() => execute()).toEqual(['a']);
    await sweep();
    expect(await execute()).toEqual(['b']);
  });
});

describe('is refused, and nothing of it is registered:', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown task', ['nobody'], '"nobody" is no such task'],
    ['a task of another client', ['theirs'], '"theirs" is no such task'],
    ['a task that recurs', ['often'], '"often" recurs, so it never completes'],
    ['one good and one bad', ['good', 'nobody'], '"nobody" is no such task'],
  ])('waiting for %s', async (_, dependsOn, problem) => {
    await submitAll(submission('good'), submission('often', [], { repeat_interval_ms: '60000' }));
    const theirs = await tasks().submit('rival', submission('theirs'));
    const allowed = 'tasks of yours that exist already, or stand earlier in the same batch';
    const refusal = {
      code: 'invalid_request',
      message: `metadata.depends_on: ${problem}; allowed: ${allowed}`,
    };
    await expect(submit('mine', dependsOn)).rejects.toMatchObject(refusal);
    await expect(submit('mine', [theirs.taskId])).rejects.toMatchObject({ code: 'invalid_request' });
    expect(await stateOf('mine')).toBeUndefined();
    expect((await tasks().list('shop', { status: undefined, type: '' }, 10, 0)).total).toBe(2);
    // The name is free for what its client meant.
    await submit('mine', ['good']);
    expect(await stateOf('mine')).toBe('waiting');
  });

  test('what stands later in its batch, is refused in it, or recurs in it', async () => {
    await submit('taken');
    const batch = [
      submission('early', ['late']),
      submission('late'),
      submission('often', [], { repeat_interval_ms: '60000' }),
      submission('b', ['often']),
      submission('c', ['b']),
      submission('taken', [], { other: 'content' }),
      submission('d', ['taken']),
      submission('e', ['bad']),
    ];
    const results = await tasks().submitAll('shop', batch, undefined, new Set(['bad']));
    expect(kinds(results)).toEqual([
      ...['invalid_request', 'ok', 'ok', 'invalid_request', 'invalid_request'],
      ...['conflict', 'invalid_request', 'invalid_request'],
    ]);
    expect(results.slice(-2).map((result) => (result as BoomerangError).message)).toEqual([
      expect.stringMatching('"taken" stands in the same batch, and is refused'),
      expect.stringMatching('"bad" stands in the same batch, and is refused'),
    ]);
    expect((await tasks().list('shop', { status: undefined, type: '' }, 10, 0)).total).toBe(3);
  });
});

describe('whoever dies, and wherever,', () => {
  const chain = () => [submission('a'), submission('b', ['a'])];
  async function expectBothExecuted(): Promise<void> {
    await sweep();
    expect(await execute()).toEqual(['a']);
    await sweep();
    expect(await execute()).toEqual(['b']);
    await sweep();
    await expectNothingLeft();
  }

  test('a gateway that dies before it has linked a task: a scheduler finds it', async () => {
    expect(kinds(await storeWith(dyingAt('link-dependants')).submitAll('shop', chain()))).toEqual([
      'ok',
      'ok',
    ]);
    expect(await stateOf('b')).toBe('waiting');
    await checkDue();
    await expectBothExecuted();
  });

  test('a gateway that dies before it has linked a task to one that has ended by now', async () => {
    await storeWith(dyingAt('link-dependants')).submitAll('shop', chain());
    await execute();
    await sweep();
    expect(await stateOf('b')).toBe('waiting');
    await checkDue();
    await sweep();
    expect(await execute()).toEqual(['b']);
    await expectNothingLeft();
  });

  test.each(['settle-dependencies', 'note-checked'] as const)(
    'a gateway that dies before %s, while the other has completed before',
    async (script) => {
      await submit('a');
      await execute();
      await storeWith(dyingAt(script)).submit('shop', submission('b', ['a']));
      await checkDue();
      await sweep();
      expect(await execute()).toEqual(['b']);
      await expectNothingLeft();
    },
  );

  test('a gateway that dies between the writes of a batch: the batch again finishes it', async () => {
    // Whichever partition is written first, the other is not.
    const batch = names(20).map((name, n) => submission(name, n === 0 ? [] : [`task-${n - 1}`]));
    const results = kinds(await storeWith(dyingAt('submit', 1)).submitAll('shop', batch));
    expect(new Set(results)).toEqual(new Set(['ok', 'outcome_unknown']));
    await checkDue();
    await sweep();
    expect(kinds(await submitAll(...batch))).toEqual(Array(20).fill('ok'));
    for (const name of names(20)) {
      await checkDue();
      await sweep();
      expect(await execute()).toEqual([name]);
    }
    await sweep();
    await expectNothingLeft();
  });

  test('a task that waits for what was never registered is cancelled when it can not be any more', async () => {
    const batch = [submission('lost'), submission('b', ['lost'])];
    await submitAll(...batch);
    const lost = await tasks().get('shop', 'lost');
    for (const { recordPrefix, executionPrefix } of engine.partitions) {
      await engine.redis.del(
        `${recordPrefix}${lost?.taskId}`,
        `${executionPrefix}dependants:${lost?.taskId}`,
      );
    }
    await checkDue();
    await sweep();
    expect(await stateOf('b')).toBe('waiting');
    const { taskId = '' } = (await tasks().get('shop', 'b')) ?? {};
    for (const { executionPrefix } of engine.partitions) {
      const key = `${executionPrefix}report:${taskId}`;
      if (await engine.redis.exists(key)) await engine.redis.hset(key, 'submitted', 1);
    }
    await checkDue();
    await sweep();
    expect(await stateOf('b')).toBe('cancelled');
  });

  test.each(['take-ended', 'settle-dependencies', 'drop-dependants'] as const)(
    'a scheduler that dies at %s: the next one tells, and what was told twice counts once',
    async (script) => {
      await submitAll(submission('a'), submission('b'), submission('c', ['a', 'b']));
      await execute((name) => name === 'a' || name === 'b');
      await sweep(schedulerWith(dyingAt(script))).catch(() => undefined);
      await sweep();
      expect(await execute()).toEqual(['c']);
      await sweep();
      await expectNothingLeft();
    },
  );

  test('an older release that ends a task without telling: who waits is checked now and then', async () => {
    await submitAll(...chain());
    await execute();
    for (const { executionPrefix } of engine.partitions) await engine.redis.del(`${executionPrefix}outbox`);
    await sweep();
    expect(await stateOf('b')).toBe('waiting');
    await checkDue();
    await sweep();
    expect(await execute()).toEqual(['b']);
  });
});

test('a task waits for a thousand, over all partitions', async () => {
  const others = names(1_000);
  await tasks().submitAll(
    'shop',
    others.map((name) => submission(name)),
  );
  await submit('last', others);
  expect(await waitingFor('last')).toMatch(/^1000 tasks: .* and 990 more$/);
  for (let ended = 0; ended < 1_000; ) {
    const done = await execute();
    expect(done).not.toContain('last');
    ended += done.length;
  }
  await sweep();
  expect(await execute()).toEqual(['last']);
  await expectNothingLeft();
}, 60_000);

test('a thousand wait for one, and a chain of a thousand is cancelled link by link', async () => {
  await submit('first');
  await tasks().submitAll(
    'shop',
    names(1_000).map((name) => submission(name, ['first'])),
  );
  const links = names(1_000, 1_000);
  await tasks().submitAll(
    'shop',
    links.map((name, n) => submission(name, [n === 0 ? 'first' : (links[n - 1] as string)])),
  );
  expect(await execute(false)).toEqual(['first']);
  await sweep();
  expect(await tasks().list('shop', { status: 'canceled', type: '' }, 1, 0)).toMatchObject({ total: 2_000 });
  expect(await tasks().list('shop', { status: 'pending', type: '' }, 1, 0)).toMatchObject({ total: 0 });
  await expectNothingLeft();
}, 60_000);

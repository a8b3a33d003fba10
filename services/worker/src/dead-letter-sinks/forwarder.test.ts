import type { DestinationKind, OutsideDestination } from '@boomerang/domain';
import { waitFor } from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type DeadLetters, startDeadLetters } from '../../test-support/dead-letters.js';
import { createForwarder, type Forwarder } from './forwarder.js';
import type { Waiting } from './metrics.js';
import { type Message, MessageRefusedError } from './sink.js';

const HOOK = 'https://hooks.example/dead';
const OTHER = 'nats://nats.example/dead';
const WAIT = { timeoutMs: 30_000 };

type Answer = (destination: OutsideDestination, message: Message) => Promise<void> | void;

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let letters: DeadLetters;
const started: Forwarder[] = [];

beforeAll(async () => {
  letters = await startDeadLetters();
});
beforeEach(() => letters.empty());
afterEach(async () => {
  for (const forwarder of started.splice(0)) await forwarder.close();
});
afterAll(() => letters?.stop());

/** A forwarder whose destinations answer as `answer` says, and the messages that they got. */
function start(answer: Answer = () => undefined, forwardLeaseMs?: number) {
  const arrived: { kind: DestinationKind; id: string; taskId: string }[] = [];
  const tries: string[] = [];
  const outcomes: string[] = [];
  let waiting: ReadonlyMap<DestinationKind, Waiting> = new Map();
  const forwarder = createForwarder({
    store: letters.store(forwardLeaseMs),
    sink: {
      async send(destination, message) {
        tries.push(message.taskId);
        await answer(destination, message);
        arrived.push({ kind: destination.kind, id: message.id, taskId: message.taskId });
      },
      close: async () => undefined,
    },
    metrics: {
      forward: (kind, outcome) => outcomes.push(`${kind} ${outcome}`),
      waiting: (_, byKind) => {
        waiting = byKind;
      },
    },
    log: { forwardFailed: () => undefined, forwardingFailed: () => undefined },
  });
  started.push(forwarder);
  forwarder.start();
  return { forwarder, arrived, tries, outcomes, waiting: () => waiting };
}

const add = async (destination: string, count: number) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i++) ids.push(await letters.add(destination));
  return ids;
};
const tasksOf = (arrived: readonly { taskId: string }[]) => arrived.map(({ taskId }) => taskId).sort();

test('each dead letter for outside is sent once, those for buckets are not, and all stay in the stream', async () => {
  await add('bucket', 3);
  const before = await add(HOOK, 20);
  const { arrived, outcomes, waiting } = start();
  await waitFor(() => arrived.length >= 20, { ...WAIT, message: 'those that were there' });
  const after = await add(OTHER, 20);
  await waitFor(() => arrived.length >= 40, { ...WAIT, message: 'those that came later' });
  expect(tasksOf(arrived)).toEqual([...before, ...after].sort());
  expect(new Set(arrived.map(({ id }) => id)).size).toBe(40);
  expect(outcomes.filter((outcome) => outcome === 'webhook forwarded')).toHaveLength(20);
  await waitFor(() => waiting().size === 0, { ...WAIT, message: 'a survey' });
  expect(await letters.count()).toBe(43);
});

test('a destination that is down loses nothing and holds up no other; what waits is told', async () => {
  let down = true;
  const { arrived, outcomes, waiting } = start((destination) => {
    if (destination.kind === 'nats' && down) throw new Error('ECONNREFUSED');
  });
  const [forOther, forHook] = [await add(OTHER, 40), await add(HOOK, 40)];
  await waitFor(() => arrived.length >= 40, { ...WAIT, message: 'the others' });
  expect(tasksOf(arrived)).toEqual(forHook.sort());
  await waitFor(() => waiting().get('nats')?.count === 40, { ...WAIT, message: 'a survey' });
  expect(waiting().get('nats')?.oldestAgeMs).toBeGreaterThan(0);
  expect(outcomes).toContain('nats failed');
  down = false;
  await waitFor(() => arrived.length >= 80, { ...WAIT, message: 'the rest' });
  expect(tasksOf(arrived)).toEqual([...forOther, ...forHook].sort());
});

test('a client whose many destinations hang holds up no other, not even one at the same destination', async () => {
  let hang = true;
  const { arrived } = start(async (destination) => {
    const isOther = destination.kind === 'webhook' && destination.url === HOOK;
    while (hang && !isOther) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  const hanging = [];
  for (let i = 0; i < 100; i++) hanging.push(await letters.add(`https://slow.example/${i}`, 'x', 'many'));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const ids = await add(HOOK, 20);
  await waitFor(() => arrived.length >= 20, { timeoutMs: 5_000, message: "the other client's" });
  expect(tasksOf(arrived)).toEqual(ids.sort());
  hang = false;
  await waitFor(() => arrived.length >= 120, { ...WAIT, message: 'those that had hung' });
  expect(tasksOf(arrived)).toEqual([...ids, ...hanging].sort());
});

test('queues that an older release made, of all clients together, are seen through', async () => {
  const ids = await add(HOOK, 3);
  const { store, asOlderRelease } = letters;
  await store().sort(0);
  await asOlderRelease(HOOK);
  const { arrived } = start();
  await waitFor(() => arrived.length >= 3, { ...WAIT, message: 'all' });
  expect(tasksOf(arrived)).toEqual(ids.sort());
});

test('a message that is refused is tried again, later each time, and the rest goes on', async () => {
  const [poison] = await add(HOOK, 1);
  let refusing = true;
  const { arrived, tries, outcomes } = start((_, { taskId }) => {
    if (refusing && taskId === poison) throw new MessageRefusedError('too large');
  });
  await add(HOOK, 60);
  await waitFor(() => arrived.length >= 60, { ...WAIT, message: 'the rest' });
  expect(outcomes).not.toContain('webhook failed');
  await waitFor(() => tries.filter((taskId) => taskId === poison).length >= 2, { ...WAIT, message: 'a try' });
  refusing = false;
  await waitFor(() => arrived.length >= 61, { ...WAIT, message: 'the refused one' });
});

test('what a worker took that froze before it knew is sent again under the same id, by another', async () => {
  await add(HOOK, 5);
  let thaw: () => void = () => undefined;
  const thawed = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const frozen = start(() => thawed, 1_000);
  await waitFor(() => frozen.tries.length >= 5, { ...WAIT, message: 'it to send' });
  const other = start(undefined, 1_000);
  await waitFor(() => other.arrived.length >= 5, { ...WAIT, message: 'the other one' });
  thaw();
  expect([...other.tries].sort()).toEqual([...frozen.tries].sort());
  expect(new Set(other.arrived.map(({ id }) => id)).size).toBe(5);
});

test('when it closes it finishes what it has begun and takes nothing more', async () => {
  await add(HOOK, 40);
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { forwarder, arrived, tries } = start(() => answered);
  await waitFor(() => tries.length >= 16, { ...WAIT, message: 'a batch' });
  const closed = forwarder.close();
  answer();
  await closed;
  expect(arrived).toHaveLength(16);
  const next = start();
  await waitFor(() => next.arrived.length >= 24, { ...WAIT, message: 'the rest' });
  expect(tasksOf([...arrived, ...next.arrived])).toEqual([
    ...new Set(tasksOf([...arrived, ...next.arrived])),
  ]);
});

test('Redis that dies and comes back loses nothing', async () => {
  const ids = await add(HOOK, 10);
  let hold = true;
  const { arrived } = start(async () => {
    while (hold) await new Promise((resolve) => setTimeout(resolve, 20));
  }, 5_000);
  await letters.server.restart();
  hold = false;
  await waitFor(() => new Set(tasksOf(arrived)).size >= 10, { ...WAIT, message: 'all' });
  expect([...new Set(tasksOf(arrived))]).toEqual(ids.sort());
});

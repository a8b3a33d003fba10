import { expect, test } from 'vitest';
import { Slots } from './slots.js';

const never = new AbortController().signal;
const engine = (name: string, slots = 10) => ({ name, slots });

test('whoever waits is served by priority, and then in order', async () => {
  const slots = new Slots(1);
  const served: string[] = [];
  const first = await slots.acquire(engine('a'), 2, never);
  const wait = async (name: string, priority: number) => {
    const release = await slots.acquire(engine('a'), priority, never);
    served.push(name);
    release?.();
  };
  const all = [wait('low', 1), wait('normal', 2), wait('critical', 4), wait('normal too', 2)];
  first?.();
  await Promise.all(all);
  expect(served).toEqual(['critical', 'normal', 'normal too', 'low']);
});

test('an engine that has no slot left holds up no other', async () => {
  const slots = new Slots(4);
  await slots.acquire(engine('a', 1), 2, never);
  let served = false;
  void slots.acquire(engine('a', 1), 4, never).then(() => {
    served = true;
  });
  await slots.acquire(engine('b', 1), 1, never);
  expect(served).toBe(false);
  expect(slots).toMatchObject({ used: 2, waiting: 1 });
});

test('who gives up waiting gets nothing, and a slot that is given back twice is one slot', async () => {
  const slots = new Slots(1);
  const release = await slots.acquire(engine('a'), 2, never);
  const gaveUp = new AbortController();
  const waiting = slots.acquire(engine('a'), 2, gaveUp.signal);
  gaveUp.abort();
  expect(await waiting).toBeUndefined();
  release?.();
  release?.();
  expect(slots.used).toBe(0);
});

import { expect, test } from 'vitest';
import { FairTurns } from './fair-turns.js';

const lane = (clientId: string, name = clientId) => ({ clientId, name });

/** Takes all that it may. */
function takeAll(turns: FairTurns<ReturnType<typeof lane>>) {
  const taken = [];
  for (let next = turns.take(); next; next = turns.take()) taken.push(next);
  return taken;
}

test('one client alone holds three quarters of the places, and another finds room at once', () => {
  const turns = new FairTurns<ReturnType<typeof lane>>(32);
  for (let i = 0; i < 1_000; i++) turns.wait(lane('many', `many ${i}`));
  expect(takeAll(turns)).toHaveLength(24);
  turns.wait(lane('other'));
  expect(turns.take()).toEqual(lane('other'));
});

test('clients take turns, each with its own in order', () => {
  const turns = new FairTurns<ReturnType<typeof lane>>(32);
  for (const name of ['a1', 'a2', 'a3']) turns.wait(lane('a', name));
  turns.wait(lane('b', 'b1'));
  turns.wait(lane('c', 'c1'));
  expect(takeAll(turns).map(({ name }) => name)).toEqual(['a1', 'b1', 'c1', 'a2', 'a3']);
});

test('a place that is given back goes to whoever may have it', () => {
  const turns = new FairTurns<ReturnType<typeof lane>>(4);
  for (let i = 0; i < 5; i++) turns.wait(lane('many', `${i}`));
  const held = takeAll(turns);
  expect(held).toHaveLength(3);
  turns.giveBack(held[0] as ReturnType<typeof lane>);
  expect(turns.take()).toMatchObject({ name: '3' });
  expect(turns.take()).toBeUndefined();
});

test.each([1, 2])('of only %d places all are used', (places) => {
  const turns = new FairTurns<ReturnType<typeof lane>>(places);
  for (let i = 0; i < 3; i++) turns.wait(lane('shop', `${i}`));
  expect(takeAll(turns)).toHaveLength(places);
});

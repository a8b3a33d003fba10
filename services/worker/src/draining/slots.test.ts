import { expect, test } from 'vitest';
import { Slots } from './slots.js';

/** Claims for clients that have no end of occurrences due, in turns, until none gets any more. What each holds. */
function flood(slots: Slots, clients: readonly string[]): Record<string, number> {
  const held: Record<string, number> = Object.fromEntries(clients.map((client) => [client, 0]));
  let turn = 0;
  for (let idle = 0; idle < 2; ) {
    const { limit, except } = slots.take(256);
    const mayTake = clients.filter((client) => !except.includes(client));
    const taken = mayTake.length === 0 ? 0 : limit;
    for (let i = 0; i < taken; i++) {
      const client = mayTake[turn++ % mayTake.length] as string;
      slots.hold(client);
      held[client] = (held[client] ?? 0) + 1;
    }
    slots.putBack(limit - taken);
    idle = taken > 0 ? 0 : idle + 1;
  }
  return held;
}

test('one client alone holds four fifths, and another finds room at once', () => {
  const slots = new Slots(1_000);
  expect(flood(slots, ['flood'])).toEqual({ flood: 800 });
  const { limit, except } = slots.take(256);
  expect(except).toEqual(['flood']);
  expect(limit).toBeGreaterThan(100);
});

test.each([2, 10, 100])(
  '%d clients hold about as much each, and leave some to those who come later',
  (count) => {
    const slots = new Slots(1_000);
    const clients = Array.from({ length: count }, (_, i) => `client ${i}`);
    const held = Object.values(flood(slots, clients));
    expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(Math.ceil(0.2 * Math.max(...held)));
    expect(slots.total - slots.inUse).toBeGreaterThan(0);
    expect(slots.take(256).limit).toBeGreaterThan(0);
  },
);

test.each([1, 2, 3, 4])('where there are only %d slots, all of them are used', (total) => {
  const slots = new Slots(total);
  expect(flood(slots, ['shop'])).toEqual({ shop: total });
  slots.release('shop');
  expect(slots.take(256)).toEqual({ limit: 1, except: [] });
});

test('who has given slots back may hold more again', () => {
  const slots = new Slots(100);
  flood(slots, ['shop']);
  expect(slots.take(256).except).toEqual(['shop']);
  slots.putBack(slots.total - slots.inUse);
  for (let i = 0; i < 20; i++) slots.release('shop');
  const { except } = slots.take(1);
  expect(except).toEqual([]);
});

test('what was taken for a claim that found nothing is free again, and those that wait are told', async () => {
  const slots = new Slots(3);
  const { limit } = slots.take(256);
  const told = slots.released();
  expect(slots.take(256).limit).toBe(0);
  slots.putBack(limit);
  await told;
  await slots.idle();
  expect(slots.inUse).toBe(0);
});

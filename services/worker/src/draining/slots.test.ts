import { expect, test } from 'vitest';
import { Slots } from './slots.js';

const ofEach = (clients: readonly string[]) => clients.map((clientId) => ({ clientId }));

/** Claims for clients that have no end of occurrences due, in turns, until none gets any more. What each holds. */
function flood(slots: Slots, clients: readonly string[]): Record<string, number> {
  const held: Record<string, number> = Object.fromEntries(clients.map((client) => [client, 0]));
  let turn = 0;
  for (let idle = 0; idle < 2; ) {
    const offer = slots.take(256);
    const claimed: string[] = [];
    for (let passed = 0; claimed.length < offer.limit && passed < clients.length; ) {
      const client = clients[turn++ % clients.length] as string;
      const count = claimed.filter((one) => one === client).length;
      passed = count < (offer.atMost.get(client) ?? offer.limit) ? 0 : passed + 1;
      if (passed === 0) claimed.push(client);
    }
    for (const client of claimed) held[client] = (held[client] ?? 0) + 1;
    slots.close(offer, ofEach(claimed));
    idle = claimed.length > 0 ? 0 : idle + 1;
  }
  return held;
}

test('one client alone holds four fifths, and another finds room at once', () => {
  const slots = new Slots(1_000);
  expect(flood(slots, ['flood'])).toEqual({ flood: 800 });
  const { limit, atMost } = slots.take(256);
  expect(atMost).toEqual(new Map([['flood', 0]]));
  expect(limit).toBeGreaterThan(30);
});

test('of claims at the same time each gets its part, and together they exceed no limit', () => {
  const slots = new Slots(1_000);
  flood(slots, ['flood']);
  for (let i = 0; i < 100; i++) slots.release('flood');
  const offers = [1, 2, 3, 4].map(() => slots.take(256));
  const limits = offers.map(({ limit }) => limit);
  expect(Math.max(...limits) / Math.min(...limits)).toBeLessThan(2);
  const rooms = offers.map(({ limit, atMost }) => atMost.get('flood') ?? limit);
  expect(Math.max(...rooms) / Math.min(...rooms)).toBeLessThan(4);
  expect(rooms.reduce((sum, room) => sum + room)).toBeLessThanOrEqual(101);
  for (const offer of offers) slots.close(offer, []);
  expect(slots.inUse).toBe(700);
});

test('while most slots are free, a client may have all that is offered, in however many claims at a time', () => {
  const slots = new Slots(1_000);
  slots.close(slots.take(5), ofEach(['shop', 'shop', 'shop', 'bank', 'post']));
  for (let i = 0; i < 30; i++) expect(slots.take(256).atMost.size).toBe(0);
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
  expect(slots.take(256)).toEqual({ limit: 1, atMost: new Map() });
});

test('who has given slots back may hold more again', () => {
  const slots = new Slots(100);
  flood(slots, ['shop']);
  const full = slots.take(256);
  expect(full.atMost).toEqual(new Map([['shop', 0]]));
  slots.close(full, []);
  for (let i = 0; i < 20; i++) slots.release('shop');
  expect(slots.take(256).atMost.get('shop')).toBeGreaterThan(0);
});

test('what was taken for a claim that found nothing is free again, and those that wait are told', async () => {
  const slots = new Slots(3);
  const offer = slots.take(256);
  const told = slots.released();
  expect(slots.take(256).limit).toBe(0);
  slots.close(offer, []);
  await told;
  await slots.idle();
  expect(slots.inUse).toBe(0);
});

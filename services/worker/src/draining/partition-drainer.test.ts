import type { ClaimedOccurrence, OccurrenceStore } from '@boomerang/domain';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { anOccurrence } from '../../test-support/an-occurrence.js';
import { PartitionDrainer } from './partition-drainer.js';
import { Slots } from './slots.js';

const EPOCH = 1_795_305_600_000;
let due: number[];
let claims: number[];
let accepted: { dueMs: number; at: number }[];
let fail = false;
/** How long a claim's reply takes, ms. */
let trip = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  due = [];
  claims = [];
  accepted = [];
  fail = false;
  trip = 0;
});
afterEach(() => void vi.useRealTimers());

const clock = { now: () => EPOCH + performance.now() };
const log = { claimFailed: () => undefined } as never;

const store: Pick<OccurrenceStore, 'claim'> = {
  async claim(_partition, limit, aheadMs) {
    claims.push(Math.round(performance.now()));
    if (fail) throw new Error('away');
    due.sort((a, b) => a - b);
    const nowMs = clock.now();
    const ready = due.filter((at) => at <= nowMs + aheadMs).slice(0, limit);
    due.splice(0, ready.length);
    const claimed = ready.map((dueMs) => anOccurrence({ dueMs }));
    const passedOver = { expired: 0, expiredDeadLetters: 0, missed: 0, overlapping: 0 };
    const reply = { claimed, nowMs, nextDueMs: due[0] ?? Number.POSITIVE_INFINITY, passedOver };
    if (trip > 0) await new Promise((resolve) => setTimeout(resolve, trip));
    return reply;
  },
};

function drainer(slots = new Slots(1_000)) {
  const accept = ({ dueMs }: ClaimedOccurrence) => {
    accepted.push({ dueMs: dueMs - EPOCH, at: Math.round(performance.now()) });
  };
  return new PartitionDrainer({
    partition: 0,
    sliceMs: 1_000,
    store: store as OccurrenceStore,
    clock,
    slots,
    accept,
    log,
  });
}

const ticket = (sliceStart: number) => ({ partition: 0, sliceStartMs: EPOCH + sliceStart, generation: '0' });
const start = () => Math.ceil(performance.now() / 1_000) * 1_000;

test('what is due in the slice is claimed shortly before, and the ticket ends with the slice', async () => {
  const begin = start();
  due = [100, 105, 900].map((ms) => EPOCH + begin + ms);
  let done = false;
  void drainer()
    .drain(ticket(begin))
    .then(() => {
      done = true;
    });
  await vi.advanceTimersByTimeAsync(begin - performance.now() + 999);
  expect(accepted.map(({ dueMs }) => dueMs - begin)).toEqual([100, 105, 900]);
  for (const { dueMs, at } of accepted) expect(dueMs - at).toBeGreaterThan(0);
  for (const { dueMs, at } of accepted) expect(dueMs - at).toBeLessThanOrEqual(20);
  expect(done).toBe(false);
  await vi.advanceTimersByTimeAsync(20);
  expect(done).toBe(true);
  const ended = claims.length;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(claims).toHaveLength(ended);
});

test('neighbouring slices run into each other without a pause in the claims', async () => {
  const begin = start();
  due = Array.from({ length: 400 }, (_, i) => EPOCH + begin + i * 5);
  const drains = drainer();
  void drains.drain(ticket(begin));
  await vi.advanceTimersByTimeAsync(begin - performance.now() + 500);
  void drains.drain(ticket(begin + 1_000));
  await vi.advanceTimersByTimeAsync(1_600);
  expect(accepted).toHaveLength(400);
  expect(Math.max(...accepted.map(({ dueMs, at }) => at - dueMs))).toBeLessThanOrEqual(0);
});

test('while replies take long, what falls due is claimed so much earlier', async () => {
  const begin = start();
  const dues = Array.from({ length: 90 }, (_, i) => begin + 5 + i * 10 + (i > 40 ? 60 : 0));
  due = dues.map((ms) => EPOCH + ms);
  trip = 45;
  void drainer().drain(ticket(begin));
  await vi.advanceTimersByTimeAsync(begin - performance.now() + 1_100);
  expect(accepted).toHaveLength(90);
  // The first replies tell it how long they take.
  const late = accepted.filter(({ dueMs, at }) => at > dueMs);
  expect(late.filter(({ dueMs }) => dueMs > begin + 100)).toEqual([]);
});

test('a wake-up brings the next claim forward; without one it comes at the next recheck', async () => {
  const begin = start();
  const drains = drainer();
  void drains.drain(ticket(begin));
  await vi.advanceTimersByTimeAsync(begin - performance.now() + 200);
  due = [EPOCH + performance.now() + 40];
  drains.wake(due[0] as number);
  await vi.advanceTimersByTimeAsync(40);
  expect(accepted).toHaveLength(1);
  due = [EPOCH + performance.now() + 10];
  await vi.advanceTimersByTimeAsync(110);
  expect(accepted).toHaveLength(2);
});

test('it claims no more than there are free slots, and goes on when some are freed', async () => {
  const begin = start();
  due = Array.from({ length: 10 }, () => EPOCH + begin);
  const slots = new Slots(4);
  void drainer(slots).drain(ticket(begin));
  await vi.advanceTimersByTimeAsync(begin - performance.now() + 50);
  expect(accepted).toHaveLength(4);
  for (let i = 0; i < 4; i++) slots.release('shop');
  await vi.advanceTimersByTimeAsync(50);
  expect(accepted).toHaveLength(8);
});

test('a claim that fails frees its slots and is made again', async () => {
  const begin = start();
  due = [EPOCH + begin];
  fail = true;
  const slots = new Slots(4);
  void drainer(slots).drain(ticket(begin));
  await vi.advanceTimersByTimeAsync(50);
  expect(slots.inUse).toBe(0);
  fail = false;
  await vi.advanceTimersByTimeAsync(begin - performance.now() + 200);
  expect(accepted).toHaveLength(1);
});

test('a ticket of a slice with a backlog is held until that is drained', async () => {
  const now = Math.floor(performance.now() / 1_000) * 1_000;
  due = Array.from({ length: 600 }, () => EPOCH + now - 5_000);
  let done = false;
  void drainer()
    .drain(ticket(now - 5_000))
    .then(() => {
      done = true;
    });
  await vi.advanceTimersByTimeAsync(30);
  expect(accepted).toHaveLength(600);
  expect(done).toBe(true);
});

test('it can drain for a while without a ticket, and be told to go on', async () => {
  const begin = start();
  await vi.advanceTimersByTimeAsync(begin - performance.now());
  const drains = drainer();
  drains.drainUntil(EPOCH + begin + 500);
  expect(drains.holdsTicket).toBe(false);
  due = [EPOCH + begin + 400];
  await vi.advanceTimersByTimeAsync(400);
  expect(accepted).toHaveLength(1);
  drains.drainUntil(EPOCH + begin + 900);
  due = [EPOCH + begin + 800];
  await vi.advanceTimersByTimeAsync(400);
  expect(accepted).toHaveLength(2);
  void drains.drain(ticket(begin));
  expect(drains.holdsTicket).toBe(true);
  await vi.advanceTimersByTimeAsync(300);
  expect(drains.holdsTicket).toBe(false);
  const ended = claims.length;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(claims).toHaveLength(ended);
  drains.drainUntil(EPOCH + performance.now() + 500);
  drains.stop();
  drains.drainUntil(EPOCH + performance.now() + 500);
  expect(drains.unfinished()).toEqual([]);
});

test('when it is stopped it lets go of its tickets, tells which, and claims no more', async () => {
  const begin = start();
  const drains = drainer();
  const held = [ticket(begin), ticket(begin), ticket(begin + 1_000)].map((each) => drains.drain(each));
  await vi.advanceTimersByTimeAsync(50);
  drains.stop();
  await Promise.all(held);
  await drains.drain(ticket(begin + 2_000));
  expect(drains.unfinished()).toEqual([ticket(begin), ticket(begin + 1_000), ticket(begin + 2_000)]);
  await vi.advanceTimersByTimeAsync(10);
  const before = claims.length;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(claims).toHaveLength(before);
});

import type { TicketFlow } from '@boomerang/domain';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NeglectWatch } from './neglect-watch.js';

const EPOCH = 1_795_305_600_000;
const NEVER = Number.POSITIVE_INFINITY;
/** Since the beginning of the test, ms. */
let firstDue: number;
let lastClaim: number;
let flow: TicketFlow;
let busy: boolean;
let fails: boolean;
let looks: number;
let asked: number;
let drains: { at: number; until: number }[];
let renewals: number;
let said: string[];
let watch: NeglectWatch;

const now = () => performance.now();
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 0 });
  [firstDue, lastClaim, flow, busy, fails] = [NEVER, 0, 'flowing', false, false];
  [looks, asked, drains, renewals, said] = [0, 0, [], 0, []];
  const began = now();
  watch = new NeglectWatch({
    partition: 3,
    store: {
      async firstDue() {
        looks++;
        if (fails) throw new Error('away');
        const nowMs = EPOCH + now() - began;
        return { nowMs, firstDueMs: EPOCH + firstDue, lastClaimMs: EPOCH + lastClaim };
      },
    },
    consumer: {
      async flow() {
        asked++;
        return flow;
      },
      async renew() {
        renewals++;
        throw new Error('no connection');
      },
    },
    drainUntil: (endMs) => drains.push({ at: now() - began, until: endMs - EPOCH }),
    busy: () => busy,
    onAnswer: () => undefined,
    metrics: { neglected: () => undefined },
    log: {
      neglected: (partition, overdueMs, how) => said.push(`${partition} ${overdueMs} ${how}`),
      renewed: () => said.push('renewed'),
      renewalFailed: () => said.push('renewal failed'),
      checkFailed: () => said.push('check failed'),
    },
  });
  watch.start();
});
afterEach(() => {
  watch.stop();
  vi.useRealTimers();
});
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('looks once a second, and asks for nothing else while all is well', async () => {
  await pass(2_000);
  // Due for half a second; then for longer, but others claim.
  firstDue = 2_500;
  await pass(1_000);
  lastClaim = 3_900;
  await pass(1_000);
  lastClaim = 4_900;
  await pass(1_000);
  expect({ looks, asked, drains }).toEqual({ looks: 5, asked: 0, drains: [] });
});

test('drains without a ticket what is due and unclaimed for more than a second', async () => {
  [firstDue, lastClaim] = [500, 900];
  await pass(2_000);
  expect(drains).toEqual([{ at: 2_000, until: 3_250 }]);
  expect(said).toEqual(['3 1500 flowing']);
});

test('leaves alone what this worker drains by a ticket, or has no room for', async () => {
  [firstDue, busy] = [0, true];
  await pass(10_000);
  expect({ looks, drains }).toEqual({ looks: 10, drains: [] });
});

test('while tickets are withheld it drains from before the due time on, without a gap, and says so once', async () => {
  [firstDue, flow] = [0, 'withheld'];
  await pass(2_000);
  for (let s = 3; s < 8; s++) {
    [firstDue, lastClaim] = [s * 1_000 + 400, s * 1_000 - 100];
    await pass(1_000);
  }
  expect(drains.map(({ at }) => at)).toEqual([2_000, 3_000, 4_000, 5_000, 6_000, 7_000]);
  for (const [i, { at }] of drains.slice(1).entries()) expect(at).toBeLessThan(drains[i]?.until ?? 0);
  expect(said).toHaveLength(1);
  expect(watch.stuck).toBeUndefined();
  firstDue = 60_000;
  await pass(3_000);
  expect(drains).toHaveLength(6);
});

test('tickets that wait untaken are consumed anew after five looks, and after ten more this process is stuck', async () => {
  [firstDue, flow] = [0, 'untaken'];
  await pass(5_000);
  expect(renewals).toBe(0);
  await pass(1_000);
  expect(renewals).toBe(1);
  expect(said.slice(1)).toEqual(['renewed', 'renewal failed']);
  await pass(9_000);
  expect(watch.stuck).toBeUndefined();
  await pass(1_000);
  expect(watch.stuck).toMatch(/^tickets of partition 3 wait and none is taken/);
  expect(renewals).toBe(1);
});

test('a ticket that comes in ends all that', async () => {
  [firstDue, flow] = [0, 'untaken'];
  await pass(16_000);
  expect(watch.stuck).toBeDefined();
  watch.taken();
  expect(watch.stuck).toBeUndefined();
  [firstDue, lastClaim] = [17_500, 16_500];
  const before = drains.length;
  await pass(1_000);
  expect(drains).toHaveLength(before);
});

test('what Redis withholds now and then is not held against the consumer', async () => {
  firstDue = 0;
  for (let s = 0; s < 30; s++) {
    flow = s % 4 === 3 ? 'withheld' : 'untaken';
    await pass(1_000);
  }
  expect({ renewals, stuck: watch.stuck }).toEqual({ renewals: 0, stuck: undefined });
});

test('looks again soon after Redis did not answer, and takes up at once what was left lying', async () => {
  [firstDue, fails] = [0, true];
  await pass(4_000);
  expect(looks).toBe(13);
  expect(drains).toEqual([]);
  fails = false;
  await pass(250);
  expect(drains).toHaveLength(1);
});

test('stopped, it looks no more', async () => {
  watch.stop();
  await pass(5_000);
  expect(looks).toBe(0);
});

import type { Look } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { TicketPlan } from './plan-tickets.js';

const NOW = 1_000_250;
const plan = () => new TicketPlan(3, { sliceMs: 1_000, leadMs: 500 });
const look = (slices: Look['slices'], { nowMs = NOW, lastClaimMs = nowMs }: Partial<Look> = {}): Look => ({
  nowMs,
  slices,
  lastClaimMs,
  workload: { parked: 0, overdue: 0, dueWithinMinute: 0, inFlight: 0, claimedLastMinute: 0, held: 0 },
});
const slice = (startMs: number, count = 1) => ({ startMs, count });

test('every slice gets a ticket that is handed out the lead before it begins', () => {
  expect(plan().afterLook(look([slice(1_001_000), slice(1_004_000)]))).toEqual([
    { ticket: { partition: 3, sliceStartMs: 1_001_000, generation: '0' }, delayMs: 250 },
    { ticket: { partition: 3, sliceStartMs: 1_004_000, generation: '0' }, delayMs: 3_250 },
  ]);
});

test('the slice that has begun gets its ticket at once', () => {
  expect(plan().afterLook(look([slice(1_000_000)]))).toMatchObject([{ delayMs: 0 }]);
});

test('a heavy slice gets several tickets, within a bound', () => {
  const generations = (count: number) =>
    plan()
      .afterLook(look([slice(1_004_000, count)]))
      .map(({ ticket }) => ticket.generation);
  expect(generations(1_000)).toEqual(['0']);
  expect(generations(2_001)).toEqual(['0', '1', '2']);
  expect(generations(1_000_000)).toHaveLength(8);
});

test('a ticket is not issued with every look, but again after a while in case it was lost', () => {
  const tickets = plan();
  const slices = [slice(1_004_000)];
  expect(tickets.afterLook(look(slices))).toHaveLength(1);
  expect(tickets.afterLook(look(slices, { nowMs: NOW + 250 }))).toHaveLength(0);
  expect(tickets.afterLook(look(slices, { nowMs: NOW + 1_000 }))).toHaveLength(1);
});

test('a slice that grew heavy gets more tickets at the next look', () => {
  const tickets = plan();
  tickets.afterLook(look([slice(1_004_000, 10)]));
  const more = tickets.afterLook(look([slice(1_004_000, 3_000)], { nowMs: NOW + 250 }));
  expect(more.map(({ ticket }) => ticket.generation)).toEqual(['0', '1', '2']);
});

test('what is due or nearly so and drained by nobody gets a ticket of its own at once', () => {
  const silent = { lastClaimMs: NOW - 300 };
  const tickets = plan();
  tickets.afterLook(look([slice(1_000_000)]));
  const repaired = tickets.afterLook(look([slice(1_000_000)], silent));
  expect(repaired).toHaveLength(1);
  expect(repaired[0]).toMatchObject({ delayMs: 0, ticket: { sliceStartMs: 1_000_000 } });
  expect(repaired[0]?.ticket.generation).toMatch(/^repair-/);

  const later = plan();
  later.afterLook(look([slice(1_002_000)]));
  expect(later.afterLook(look([slice(1_002_000)], silent))).toEqual([]);
});

test('concurrent wake-ups share a ticket', () => {
  const tickets = plan();
  expect(tickets.afterWake(1_000_260, NOW)).toEqual([
    { ticket: { partition: 3, sliceStartMs: 1_000_000, generation: '0' }, delayMs: 0 },
  ]);
  expect(tickets.afterWake(1_000_255, NOW + 1)).toEqual([]);
  expect(tickets.afterWake(1_001_010, NOW + 2)).toMatchObject([{ ticket: { sliceStartMs: 1_001_000 } }]);
});

test('a last claim that lies ahead, since the clock was set back, hides nothing', () => {
  const setBack = { lastClaimMs: NOW + 3_600_000 };
  const [, repair] = plan().afterLook(look([slice(1_000_000)], setBack));
  expect(repair?.ticket.generation).toMatch(/^repair-/);
});

test('while nobody takes them, repair tickets do not pile up', () => {
  const tickets = plan();
  const generations = new Set<string>();
  for (let nowMs = NOW; nowMs < NOW + 60_000; nowMs += 250) {
    for (const { ticket } of tickets.afterLook(look([slice(1_000_000)], { nowMs, lastClaimMs: 0 }))) {
      generations.add(ticket.generation);
    }
  }
  expect(generations.size).toBeLessThanOrEqual(5);
});

test('a ticket that could not be issued is planned again at once', () => {
  const tickets = plan();
  const planned = tickets.afterLook(look([slice(1_004_000)]));
  tickets.forget(planned);
  expect(tickets.afterLook(look([slice(1_004_000)]))).toEqual(planned);
});

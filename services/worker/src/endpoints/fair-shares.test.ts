import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ScriptedLimits } from '../../test-support/scripted-limits.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const limitsOf = (endpointSlots = 64, workerSlots = 1_000) =>
  new ScriptedLimits({ endpointSlots, workerSlots });

/** Opens the endpoint's breaker. */
function fail(limits: ScriptedLimits, endpoint: string): void {
  for (let i = 0; i < 10; i++) {
    limits.enter(endpoint);
    limits.leave(0, 'down', endpoint);
  }
}

/** One callback after the other; each has to begin at once. */
function expectServed(limits: ScriptedLimits, endpoint: string): void {
  for (let i = 0; i < 20; i++) {
    limits.enter(endpoint);
    expect(limits.log.at(-1)).toBe(`${endpoint} starts`);
    limits.leave(5, 'up', endpoint);
    vi.advanceTimersByTime(5);
  }
}

describe('a breaker is', () => {
  test("one client's and one path's", () => {
    const limits = limitsOf();
    fail(limits, 'rival@a/down');
    limits.log.length = 0;
    for (const endpoint of ['rival@a/down', 'rival@a/other', 'rival@b/down', 'shop@a/down']) {
      limits.enter(endpoint);
    }
    expect(limits.log).toEqual([
      'rival@a/down gives up: breaker',
      'rival@a/other starts',
      'rival@b/down starts',
      'shop@a/down starts',
    ]);
    expect(limits.breakers).toEqual(['rival@a open']);
  });

  test('shared by all paths beyond a hundred that fail at one origin', () => {
    const limits = limitsOf();
    for (let i = 0; i < 100; i++) fail(limits, `rival@a/${i}`);
    for (let i = 0; i < 10; i++) {
      limits.enter(`rival@a/more-${i}`);
      limits.leave(0, 'down', `rival@a/more-${i}`);
    }
    expect(limits.breakers).toHaveLength(101);
    limits.log.length = 0;
    for (const endpoint of ['rival@a/z', 'rival@b/z', 'shop@a/z']) limits.enter(endpoint);
    expect(limits.log).toEqual(['rival@a/z gives up: breaker', 'rival@b/z starts', 'shop@a/z starts']);
  });

  test('kept apart for any number of paths, as long as few of them are in use or fail', () => {
    const limits = limitsOf();
    for (let i = 0; i < 1_000; i++) {
      limits.enter(`shop@a/${i}`);
      limits.leave(1, 'up', `shop@a/${i}`);
    }
    fail(limits, 'shop@a/down');
    expectServed(limits, 'shop@a/other');
  });

  test('forgotten when its client has failed at a thousand others since', () => {
    const limits = limitsOf();
    for (let i = 0; i < 5_000; i++) fail(limits, `rival@${i}`);
    expect(limits.breakers.filter((line) => line.endsWith('closed'))).toHaveLength(4_000);
    limits.enter('rival@0');
    expect(limits.log.at(-1)).toBe('rival@0 starts');
    limits.enter('rival@4999');
    expect(limits.log.at(-1)).toBe('rival@4999 gives up: breaker');
  });
});

describe('at one origin', () => {
  test('an endpoint that hangs leaves room to others of its client and to other clients, known or new', () => {
    const limits = limitsOf();
    expectServed(limits, 'rival@a/known');
    limits.enterMany(200, 'rival@a/hang');
    for (const endpoint of ['rival@a/known', 'rival@a/new', 'shop@a/orders']) expectServed(limits, endpoint);
  });

  test('a hundred that hang leave room to known ones of their client, and to other clients', () => {
    const limits = limitsOf();
    expectServed(limits, 'rival@a/known');
    for (let i = 0; i < 99; i++) limits.enterMany(20, `rival@a/${i}`);
    vi.advanceTimersByTime(1_000);
    expect(limits.inFlight()).toBeGreaterThan(40);
    for (const endpoint of ['rival@a/known', 'shop@a/orders']) expectServed(limits, endpoint);
  });

  test('one that begins to hang after it has answered leaves room too', () => {
    const limits = limitsOf();
    for (const endpoint of ['rival@a/known', 'rival@a/hang']) expectServed(limits, endpoint);
    limits.enterMany(200, 'rival@a/hang');
    expect(limits.inFlight()).toBe(64);
    for (const endpoint of ['rival@a/known', 'rival@a/new', 'shop@a/orders']) expectServed(limits, endpoint);
  });

  test('clients that want more than there is get equal parts of it', () => {
    const limits = limitsOf();
    const endpoints = ['big@a/1', 'big@a/2', 'big@a/3', 'mid@a/1', 'mid@a/2', 'small@a/1'];
    for (const endpoint of endpoints) limits.enterMany(60, endpoint);
    for (let i = 0; i < 300; i++) {
      for (const endpoint of endpoints) {
        if (limits.inFlight(endpoint) === 0) continue;
        limits.leave(20, 'up', endpoint);
        limits.enter(endpoint);
      }
      vi.advanceTimersByTime(5);
    }
    const parts = ['big', 'mid', 'small'].map((client) => limits.inFlight(client));
    expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(8);
    expect(parts.reduce((sum, part) => sum + part)).toBeGreaterThan(100);
    for (const endpoint of endpoints) expect(limits.inFlight(endpoint)).toBeGreaterThan(5);
  });

  test('more clients than slots are served round robin, and so are the endpoints of each', () => {
    const limits = limitsOf(1);
    for (let i = 0; i < 8; i++) limits.enter(`hanging-${i}@a`);
    limits.log.length = 0;
    for (const endpoint of ['big@a/1', 'big@a/1', 'big@a/2', 'small@a/1', 'small@a/1'])
      limits.enter(endpoint);
    expect(limits.log).toEqual([]);
    limits.leave(1, 'down', 'hanging-0@a');
    for (let i = 0; i < 4; i++) limits.leave(1, 'down', limits.log.at(-1)?.split(' ')[0]);
    const turns = ['big@a/1', 'small@a/1', 'big@a/2', 'small@a/1', 'big@a/1'];
    expect(limits.log).toEqual(turns.map((endpoint) => `${endpoint} starts`));
  });
});

describe('in the worker', () => {
  test('endpoints of a client that hang, however many, leave slots to known ones of the client, and to other clients', () => {
    const limits = limitsOf();
    expectServed(limits, 'rival@known');
    for (let step = 0; step < 10; step++) {
      for (let i = 0; i < 400; i++) limits.enterMany(2, `rival@${i}`);
      vi.advanceTimersByTime(50);
    }
    expect(limits.inFlight()).toBeGreaterThan(300);
    expect(limits.held).toBeLessThan(800);
    for (const endpoint of ['rival@known', 'shop@b']) expectServed(limits, endpoint);
  });

  test('when the endpoints of many clients begin to hang, half of the slots are left to those that answer', () => {
    const limits = limitsOf();
    expectServed(limits, 'shop@b');
    for (let i = 0; i < 50; i++) expectServed(limits, `client-${i}@${i}`);
    for (let step = 0; step < 100; step++) {
      for (let i = 0; i < 50; i++) limits.enterMany(2, `client-${i}@${i}`);
      vi.advanceTimersByTime(20);
    }
    expect(limits.inFlight()).toBeGreaterThan(400);
    expect(limits.held).toBeLessThan(1_000);
    expectServed(limits, 'shop@b');
  });

  test('one slot is enough to go on', () => {
    const limits = limitsOf(64, 1);
    expectServed(limits, 'shop@a');
    expectServed(limits, 'rival@b');
  });

  test('what a client holds back at all its endpoints returns as one stream', () => {
    const limits = limitsOf();
    for (let i = 0; i < 100; i++) fail(limits, `rival@${i}`);
    for (let i = 0; i < 100; i++) limits.enterMany(50, `rival@${i}`);
    const seconds = limits.givenUp.map(({ inMs }) => Math.floor(inMs / 1_000));
    expect(seconds).toHaveLength(5_000);
    // Occurrences that are due soon wait together for the end of the breaker's pause.
    for (let second = 1; second < 5; second++) {
      expect(seconds.filter((each) => each === second).length).toBeLessThanOrEqual(1_000);
    }
  });
});

test('whatever comes and ends, limits hold and nothing is left waiting', () => {
  const endpoint = fc
    .record({ client: fc.nat(3), origin: fc.nat(2), path: fc.nat(3) })
    .map(({ client, origin, path }) => `c${client}@o${origin}/${path}`);
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('enter' as const), endpoint, count: fc.nat(12) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('up' as const), endpoint, count: fc.nat(12) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('down' as const), endpoint, count: fc.nat(12) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), endpoint, count: fc.nat(12) }) },
  );
  const end = (limits: ScriptedLimits, endpoint: string, count: number, health: 'up' | 'down') =>
    limits.leaveMany(Math.min(count, limits.inFlight(endpoint)), 5, health, endpoint);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const limits = limitsOf(10, 40);
      for (const { kind, endpoint, count } of steps) {
        if (kind === 'enter') limits.enterMany(count, endpoint);
        else if (kind === 'wait') vi.advanceTimersByTime(count * 10);
        else end(limits, endpoint, count, kind);
        expect(limits.inFlight()).toBeLessThanOrEqual(40);
        expect(limits.inFlight(endpoint)).toBeLessThanOrEqual(10);
        for (const origin of ['o0', 'o1', 'o2']) expect(limits.inFlightAt(origin)).toBeLessThanOrEqual(20);
      }
      while (limits.inFlight() > 0) for (const each of limits.busy()) end(limits, each, 1, 'up');
      expect(limits.held).toBe(0);
    }),
  );
});

import { expect, test } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.js';
import type { EndpointHealth } from './endpoint-health.js';

function breaker() {
  const changes: string[] = [];
  const made = new CircuitBreaker((to, from) => changes.push(`${from} ${to}`));
  const fail = (times: number, at: number, health: EndpointHealth = 'down') => {
    for (let i = 0; i < times; i++) made.record(health, at, at);
  };
  return { made, changes, fail };
}

test('ten failures in a row open it', () => {
  const { made, changes, fail } = breaker();
  fail(9, 0);
  fail(1, 0, 'up');
  fail(9, 0);
  expect(made.admits(0)).toBe(true);
  fail(1, 0);
  expect(made.admits(0)).toBe(false);
  expect(changes).toEqual(['closed open']);
});

test('what says nothing about the endpoint neither opens it nor breaks a row', () => {
  const { made, fail } = breaker();
  fail(100, 0, 'unknown');
  expect(made.isClear).toBe(true);
  fail(9, 0);
  fail(1, 0, 'unknown');
  fail(1, 0);
  expect(made.state).toBe('open');
});

test('after a pause one probe may begin; each that fails doubles the pause, up to three seconds', () => {
  const { made, fail } = breaker();
  fail(10, 0);
  let now = 0;
  for (const pauseMs of [500, 1_000, 2_000, 3_000, 3_000]) {
    expect(made.pauseLeftMs(now)).toBe(pauseMs);
    expect(made.admits(now + pauseMs - 1)).toBe(false);
    now += pauseMs;
    expect([made.admits(now), made.admits(now)]).toEqual([true, false]);
    made.record('down', now, now);
  }
});

test('a probe that succeeds closes it, and the next pause is the shortest again', () => {
  const { made, changes, fail } = breaker();
  fail(10, 0);
  made.admits(500);
  made.record('down', 500, 600);
  made.admits(1_600);
  made.record('up', 1_600, 1_700);
  expect(made.isClear).toBe(true);
  fail(10, 1_700);
  expect(made.pauseLeftMs(1_700)).toBe(500);
  expect(changes.slice(-2)).toEqual(['probing closed', 'closed open']);
});

test('a probe that was not sent is followed by another one at once', () => {
  const { made, fail } = breaker();
  fail(10, 0);
  made.admits(500);
  made.record('unknown', 500, 510);
  expect(made.admits(510)).toBe(true);
});

test('attempts that began before it last changed say nothing', () => {
  const { made, fail } = breaker();
  fail(10, 100);
  made.record('up', 50, 200);
  made.admits(600);
  made.record('up', 50, 700);
  expect(made.state).toBe('probing');
  made.record('up', 600, 800);
  for (let i = 0; i < 20; i++) made.record('down', 50, 900);
  expect(made.isClear).toBe(true);
});

import { beforeEach, expect, test } from 'vitest';
import { RenewalGrace } from './renewal-grace.js';

let now: number;
let grace: RenewalGrace;
beforeEach(() => {
  now = 1_000_000;
  grace = new RenewalGrace(250, () => now);
});

/** Answers at a steady rhythm for so long. */
function answeredFor(ms: number): void {
  for (const end = now + ms; now < end; now += 250) grace.answered();
}

test('begins with the first answer and ends after three seconds of answers', () => {
  expect(grace.isOver()).toBe(false);
  answeredFor(2_750);
  expect(grace.isOver()).toBe(false);
  answeredFor(250);
  expect(grace.isOver()).toBe(true);
});

test('begins anew after a gap, not after a single late answer', () => {
  answeredFor(5_000);
  now += 500;
  answeredFor(250);
  expect(grace.isOver()).toBe(true);
  now += 2_000;
  answeredFor(2_750);
  expect(grace.isOver()).toBe(false);
  answeredFor(250);
  expect(grace.isOver()).toBe(true);
});

import { expect, test } from 'vitest';
import { ClientShare } from './client-share.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const MEBIBYTE = 1_048_576;
const never = () => {
  throw new Error('had to wait');
};

test('in one turn of the event loop no more than 64 frames are begun, and what waits goes on in its order', async () => {
  const share = new ClientShare();
  const order: number[] = [];
  const left = [100, 100, 100];
  const goOn = left.map((_, i) => () => {
    while ((left[i] as number) > 0 && share.takeTurn(goOn[i] as () => void)) {
      (left[i] as number)--;
      order.push(i);
    }
  });
  for (const begin of goOn) begin();
  expect(order).toHaveLength(64);
  for (let turns = 2; turns <= 5; turns++) {
    await turn();
    expect(order.length).toBeLessThanOrEqual(64 * turns);
  }
  expect(order).toHaveLength(300);
  expect(new Set(order.slice(64, 192)).size).toBeGreaterThan(1);
});

test('requests wait while the client holds 64 MiB, over all connections, and go on when answers were read', () => {
  const share = new ClientShare();
  const went: string[] = [];
  share.hold(0, 40 * MEBIBYTE);
  expect(share.takeMemory(never)).toBe(true);
  share.hold(0, 24 * MEBIBYTE);
  expect(share.takeMemory(() => went.push('first'))).toBe(false);
  expect(share.takeMemory(() => went.push('second'))).toBe(false);
  share.hold(24 * MEBIBYTE, 23 * MEBIBYTE);
  expect(went).toEqual(['first', 'second']);
});

test('one request is let in whatever it takes when nothing else is held', () => {
  const share = new ClientShare();
  share.hold(0, 70 * MEBIBYTE);
  share.hold(70 * MEBIBYTE, 0);
  expect(share.takeMemory(never)).toBe(true);
});

test('32 frames beyond 64 KiB may have come in part, and the next one goes on when one is whole', () => {
  const share = new ClientShare();
  const went: string[] = [];
  for (let i = 0; i < 32; i++) expect(share.takeLargeFrame(never)).toBe(true);
  expect(share.takeLargeFrame(() => went.push('waited'))).toBe(false);
  share.releaseLargeFrame();
  expect(went).toEqual(['waited']);
});

test('a connection that has ended is not woken', () => {
  const share = new ClientShare();
  share.hold(0, 64 * MEBIBYTE);
  share.takeMemory(never);
  share.forget(never);
  share.hold(64 * MEBIBYTE, 0);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrame } from '@boomerang/protocol';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../../test-support/default-limits.js';
import { LIVE_SESSION, openTestDoor, type TestDoor } from '../../../test-support/test-door.js';
import { rawConnection } from '../../../test-support/test-gateway.js';
import { ClientShares } from './client-shares.js';

function sharesWith(limits: Partial<typeof DEFAULT_LIMITS>) {
  let now = 0;
  const reached: string[] = [];
  const shares = new ClientShares(
    { limitsOf: () => ({ ...DEFAULT_LIMITS, ...limits }), onReached: (name) => reached.push(name) },
    () => now,
  );
  return { shares, reached, pass: (ms: number) => (now += ms) };
}

describe('new connections of one client', () => {
  test('come at once after a rest, then wait for their first answer, but never longer than 5 s', async () => {
    const { shares, reached, pass } = sharesWith({ connectionsPerSecond: 10 });
    const waits: number[] = [];
    for (let i = 0; i < 200; i++) {
      const place = await shares.enter('shop');
      waits.push(place.waitMs);
      place.leave();
    }
    expect(waits.slice(0, 50).every((ms) => ms === 0)).toBe(true);
    expect(waits.slice(50, 53).map(Math.round)).toEqual([100, 200, 300]);
    expect(Math.max(...waits)).toBe(5_000);
    expect(reached).toContain('connectionsPerSecond');
    expect((await shares.enter('rival')).waitMs).toBe(0);
    pass(10_000);
    expect((await shares.enter('shop')).waitMs).toBe(0);
  });

  test('are refused beyond the limit, until one has gone', async () => {
    const { shares } = sharesWith({ connections: 2 });
    const first = await shares.enter('shop');
    await shares.enter('shop');
    await expect(shares.enter('shop')).rejects.toMatchObject({
      code: 'exhausted',
      limit: { name: 'connections', most: 2, retryAfterMs: 1_000 },
    });
    await shares.enter('rival');
    first.leave();
    first.leave();
    await shares.enter('shop');
    await expect(shares.enter('shop')).rejects.toMatchObject({ code: 'exhausted' });
  });
});

describe('at the door', () => {
  let door: TestDoor;
  afterEach(() => door.close());
  const refresh = encodeFrame({ sessionId: LIVE_SESSION, sessionRefresh: {} });

  test('a connection too many is answered "exhausted", and is not cut for it', async () => {
    door = await openTestDoor({ clientLimits: { connections: 1 } });
    const first = await rawConnection(door.port);
    first.socket.write(refresh);
    await expect.poll(() => first.received.length).toBe(1);
    const second = await rawConnection(door.port);
    second.socket.write(refresh);
    await expect.poll(() => second.received.length).toBe(1);
    expect(second.received[0]?.sessionRefreshResponse).toMatchObject({ status: 1, code: 'exhausted' });
    first.socket.destroy();
    await first.closed;
    await expect
      .poll(() => {
        second.socket.write(refresh);
        return second.received.some(({ sessionRefreshResponse: answer }) => answer?.status === 0);
      })
      .toBe(true);
    second.socket.destroy();
  });

  test('bent frames cost a client its connections, and new ones come no faster than its limit', async () => {
    door = await openTestDoor({ clientLimits: { connectionsPerSecond: 4 } });
    let thrown = 0;
    const over = performance.now() + 3_000;
    const throwFrames = async () => {
      while (performance.now() < over) {
        const { socket, received, closed } = await rawConnection(door.port);
        socket.write(refresh);
        while (received.length === 0 && performance.now() < over) await sleep(2);
        if (received.length > 0) thrown++;
        socket.write(Buffer.from([0, 0, 0, 1, 0xff]));
        if (performance.now() >= over) socket.destroy();
        await closed;
      }
    };
    await Promise.all(Array.from({ length: 10 }, throwFrames));
    // Five seconds' worth at first, then four a second.
    expect(thrown).toBeGreaterThanOrEqual(20);
    expect(thrown).toBeLessThanOrEqual(20 + 3 * 4 + 2);
  });

  test('a connection that waits for its first answer is not ended for having no session', async () => {
    door = await openTestDoor({ limits: { sessionMs: 300 }, clientLimits: { connectionsPerSecond: 1 } });
    for (let i = 0; i < 6; i++) {
      const { socket, received } = await rawConnection(door.port);
      socket.write(refresh);
      await expect.poll(() => received.length, { timeout: 3_000 }).toBe(1);
      expect(received[0]?.sessionRefreshResponse?.status).toBe(0);
    }
  });
});

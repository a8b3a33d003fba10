import type { Ticket, TicketConsumer } from '@boomerang/domain';
import { Queue } from 'bullmq';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useTestEngine } from '../../test-support/use-test-engine.js';
import { connectRedis, type RedisConnection } from '../connection/connection.js';
import { TICKET_QUEUE } from '../partitions/keys.js';
import { createTicketQueue } from './ticket-queue.js';
import { createTicketSource } from './ticket-source.js';

const engine = useTestEngine({ partitions: 2 });
const connections: RedisConnection[] = [];
const consumers: TicketConsumer[] = [];
let queue: ReturnType<typeof createTicketQueue>;

beforeEach(async () => {
  queue = createTicketQueue(engine.engine, (error) => expect.unreachable(error.message));
});
afterEach(async () => {
  await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
  await queue.close();
  for (const connection of connections.splice(0)) connection.disconnect();
});

async function consume(
  handle: (ticket: Ticket) => Promise<void>,
  onError: (error: Error) => unknown = (error) => expect.unreachable(error.message),
): Promise<TicketConsumer> {
  const connect = async () => {
    const connection = await connectRedis({ url: engine.server.url, name: 'worker', patient: true });
    connections.push(connection);
    return connection;
  };
  const consumer = await createTicketSource(engine.engine, connect, (error) => void onError(error)).consume(
    handle,
  );
  consumers.push(consumer);
  return consumer;
}

const aTicket = (partition = 0, generation = '0'): Ticket => ({ partition, sliceStartMs: 5_000, generation });
const counts = (partition: number) => {
  const prefix = engine.partitions[partition]?.queuePrefix ?? '';
  const inspected = new Queue(TICKET_QUEUE, { connection: engine.redis, prefix });
  return inspected.getJobCounts('delayed', 'waiting', 'active', 'completed', 'failed');
};

test('a ticket is a delayed BullMQ job in the queue of its partition, and gone once it is done', async () => {
  const seen: Ticket[] = [];
  await queue.issue(1, [{ ticket: aTicket(1), delayMs: 300 }]);
  expect(await counts(1)).toMatchObject({ delayed: 1 });
  expect(await counts(0)).toMatchObject({ delayed: 0 });
  await consume(async (ticket) => {
    seen.push(ticket);
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen).toEqual([]);
  await expect.poll(() => seen, { timeout: 2_000 }).toEqual([aTicket(1)]);
  await expect.poll(() => counts(1)).toEqual({ delayed: 0, waiting: 0, active: 0, completed: 0, failed: 0 });
});

test.each([-3_600_000, 3_600_000])(
  "a ticket's delay counts by Redis's clock, though this host's is %d ms off",
  async (offMs) => {
    await engine.slices().look(0);
    const date = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + offMs);
    await queue.issue(0, [{ ticket: aTicket(), delayMs: 60_000 }]);
    date.mockRestore();
    const prefix = engine.partitions[0]?.queuePrefix;
    const [score] = (await engine.redis.zrange(`${prefix}:tickets:delayed`, '0', '0', 'WITHSCORES')).slice(1);
    // BullMQ keeps the order of jobs in the lowest 12 bits.
    const releasedMs = Number(score) / 0x1000;
    const now = await engine.now();
    expect(releasedMs).toBeLessThan(now + 60_001);
    expect(releasedMs).toBeGreaterThan(now + 50_000);
  },
);

test('a ticket that exists is not enqueued twice, and can be issued again once it is gone', async () => {
  const twice = [aTicket(), aTicket(), aTicket(0, '1')].map((ticket) => ({ ticket, delayMs: 60_000 }));
  await queue.issue(0, twice);
  await queue.issue(0, twice);
  expect(await counts(0)).toMatchObject({ delayed: 2 });

  let handled = 0;
  const once = [{ ticket: aTicket(1), delayMs: 0 }];
  await consume(async () => {
    handled++;
  });
  await queue.issue(1, once);
  await expect.poll(() => handled).toBe(1);
  await expect.poll(() => counts(1)).toMatchObject({ active: 0 });
  await queue.issue(1, once);
  await expect.poll(() => handled).toBe(2);
});

test('one worker holds several tickets of a partition at a time', async () => {
  let held = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await consume(async () => {
    held++;
    await released;
  });
  for (const generation of ['0', '1', '2']) {
    await queue.issue(0, [{ ticket: aTicket(0, generation), delayMs: 0 }]);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await queue.issue(0, [{ ticket: aTicket(0, '3'), delayMs: 200 }]);
  await expect.poll(() => held, { timeout: 2_000 }).toBe(4);
  release();
});

test('a ticket that a worker hands on is heard of by schedulers, under a generation of its own', async () => {
  const heard: Ticket[] = [];
  const end = engine.slices().onHandedOn((ticket) => heard.push(ticket));
  const due: number[] = [];
  const endDue = engine.slices().onWake((_partition, dueMs) => due.push(dueMs));
  await engine.occurrences.handOn(aTicket(1));
  await expect.poll(() => heard).toHaveLength(1);
  expect(heard[0]).toMatchObject({ partition: 1, sliceStartMs: 5_000 });
  expect(heard[0]?.generation).toMatch(/^again-/);
  expect(due).toEqual([]);
  end();
  endDue();
});

test('a consumer that is connected no more and says nothing takes tickets again once it is renewed', async () => {
  const seen: Ticket[] = [];
  const consumer = await consume(
    async (ticket) => void seen.push(ticket),
    () => undefined,
  );
  connections[0]?.disconnect();
  await queue.issue(0, [{ ticket: aTicket(), delayMs: 0 }]);
  await expect.poll(() => consumer.flow(0)).toBe('untaken');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(seen).toEqual([]);

  await consumer.renew(0);
  await expect.poll(() => seen, { timeout: 5_000 }).toEqual([aTicket()]);
  await expect.poll(() => consumer.flow(0)).toBe('flowing');
});

test('a queue that somebody paused withholds its tickets, which is no fault of the consumer', async () => {
  const paused = new Queue(TICKET_QUEUE, {
    connection: engine.redis,
    prefix: engine.partitions[0]?.queuePrefix ?? '',
  });
  await paused.pause();
  const seen: Ticket[] = [];
  const consumer = await consume(async (ticket) => void seen.push(ticket));
  await queue.issue(0, [{ ticket: aTicket(), delayMs: 0 }]);
  await expect.poll(() => consumer.flow(0)).toBe('withheld');
  await paused.resume();
  await expect.poll(() => seen, { timeout: 5_000 }).toEqual([aTicket()]);
});

test('a Redis that refuses to hand tickets out is asked in moderation, and hands them out once it can', async () => {
  const errors: Error[] = [];
  const seen: Ticket[] = [];
  const consumer = await consume(
    async (ticket) => void seen.push(ticket),
    (error) => errors.push(error),
  );
  await queue.issue(0, [
    { ticket: aTicket(), delayMs: 0 },
    { ticket: aTicket(0, '1'), delayMs: 300 },
  ]);
  await engine.redis.config('SET', 'maxmemory', '1');
  await expect.poll(() => consumer.flow(0), { timeout: 5_000 }).toBe('withheld');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const until = errors.length;
  await engine.redis.config('SET', 'maxmemory', '0');
  expect(until).toBeLessThan(50);
  await expect.poll(() => seen.length, { timeout: 5_000 }).toBe(2);
});

import {
  compareStreamPositions,
  type EventStore,
  parseEventCursor,
  type ReadEvent,
  type StreamPosition,
} from '@boomerang/domain';
import { createLogger } from '@boomerang/runtime';
import { waitFor } from '@boomerang/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createGatewayLog } from '../log.js';
import { EventHub } from './event-hub.js';
import type { SubscribedEvent, Subscriber } from './subscription.js';

const PARTITIONS = 2;
const log = createGatewayLog(createLogger({ service: 'gateway', level: 'silent' }));

/** Streams in memory that count their readers. */
function createStreams() {
  const streams: ReadEvent[][] = Array.from({ length: PARTITIONS }, () => []);
  let reads = 0;
  let away = false;
  const store: EventStore = {
    async follow() {},
    async latest() {
      return streams.map((stream) => stream.at(-1)?.position ?? { ms: 0, sequence: 0 });
    },
    async parseCursor(text) {
      return parseEventCursor(text, PARTITIONS);
    },
    async read(_clientId, after, limit) {
      reads += 1;
      await new Promise(setImmediate);
      if (away) throw new Error('redis is away');
      const behind = (one: ReadEvent) =>
        compareStreamPositions(one.position, after[one.partition] as StreamPosition) > 0;
      const pages = streams.map((stream) => stream.filter(behind).slice(0, limit));
      return {
        events: pages.flat(),
        cursor: pages.map((page, i) => page.at(-1)?.position ?? (after[i] as StreamPosition)),
        more: pages.some((page) => page.length === limit),
      };
    },
  };
  let count = 0;
  return {
    store,
    reads: () => reads,
    setAway: (is: boolean) => {
      away = is;
    },
    add(kind: 'scheduled' | 'running' = 'scheduled') {
      const partition = count % PARTITIONS;
      const position = { ms: ++count, sequence: 0 };
      const event = { kind, taskId: String(count), occurrence: 1, attempt: 0, atMs: count, details: {} };
      (streams[partition] as ReadEvent[]).push({ partition, position, event });
    },
  };
}

let streams: ReturnType<typeof createStreams>;
let hub: EventHub;
const endings: (() => void)[] = [];
beforeEach(() => {
  streams = createStreams();
  hub = new EventHub(streams.store, log);
});
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

async function follow(options: Partial<Subscriber> = {}) {
  const taken: SubscribedEvent[] = [];
  let open = true;
  let wake: () => void = () => undefined;
  const subscription = await hub.subscribe({
    clientId: 'shop',
    after: undefined,
    kinds: undefined,
    take(event) {
      taken.push(event);
      return open;
    },
    drained: () => (open ? Promise.resolve() : new Promise((resolve) => (wake = resolve))),
    ...options,
  });
  const end = () => subscription.close();
  endings.push(end);
  return {
    taken,
    end,
    ids: () => taken.map(({ event }) => Number(event?.taskId)),
    shut: () => {
      open = false;
    },
    drain: () => {
      open = true;
      wake();
    },
  };
}
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
const sorted = (ids: number[]) => [...ids].sort((a, b) => a - b);
const hasAll = (ids: () => number[], n: number) =>
  waitFor(() => ids().length >= n, { message: `${n} events` }).then(() =>
    expect(sorted(ids())).toEqual(upTo(n)),
  );

test('a subscriber gets what comes from now on, each once, in the order of each partition', async () => {
  streams.add();
  const { taken, ids } = await follow();
  for (let i = 0; i < 1_000; i++) {
    streams.add();
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  await waitFor(() => taken.length >= 1_000, { message: 'all events' });
  expect(sorted(ids())).toEqual(upTo(1_001).slice(1));
  for (const parity of [0, 1]) {
    const own = ids().filter((id) => id % 2 === parity);
    expect(own).toEqual(sorted(own));
  }
});

test('a second subscriber costs no more reads', async () => {
  await follow();
  await follow();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = streams.reads();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(streams.reads() - before).toBeLessThan(20);
});

test('one that comes back with the id of its last event goes on behind it', async () => {
  for (let i = 0; i < 50; i++) streams.add();
  const first = await follow({ after: parseEventCursor('0-0', PARTITIONS) });
  await hasAll(first.ids, 50);
  const half = first.taken[24] as SubscribedEvent;
  const second = await follow({ after: parseEventCursor(half.id, PARTITIONS) });
  streams.add();
  await waitFor(() => second.taken.length === 26, { message: 'the rest' });
  expect(sorted([...first.ids().slice(0, 25), ...second.ids()])).toEqual(upTo(51));
});

test('a slow one is slowed, loses nothing, and slows nobody', async () => {
  const slow = await follow();
  const quick = await follow();
  slow.shut();
  for (let i = 0; i < 2_000; i++) streams.add();
  await hasAll(quick.ids, 2_000);
  expect(slow.taken.length).toBeLessThan(5);
  slow.drain();
  await hasAll(slow.ids, 2_000);
  streams.add();
  await hasAll(slow.ids, 2_001);
});

test('what comes while a subscriber joins is neither lost nor told twice', async () => {
  const followers = [];
  for (let i = 0; i < 20; i++) {
    followers.push(await follow({ after: parseEventCursor('0-0', PARTITIONS) }));
    for (let n = 0; n < 37; n++) streams.add();
  }
  for (const { ids } of followers) await hasAll(ids, 740);
});

test('what comes between the last read of a subscriber and the beginning of the feed is not lost', async () => {
  let latest = 0;
  const store: EventStore = {
    ...streams.store,
    async latest(clientId) {
      // The first is the subscriber's own, the second is the feed's.
      if (++latest === 2) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        streams.add();
      }
      return streams.store.latest(clientId);
    },
  };
  hub = new EventHub(store, log);
  const { ids } = await follow();
  await hasAll(ids, 1);
});

test('only the kinds that are wanted are told', async () => {
  const { taken } = await follow({ kinds: new Set(['running']) });
  for (let i = 0; i < 10; i++) streams.add(i % 2 ? 'running' : 'scheduled');
  await waitFor(() => taken.length === 5, { message: 'those of one kind' });
});

test('while the store is away nothing is lost', async () => {
  const { ids } = await follow();
  streams.setAway(true);
  for (let i = 0; i < 10; i++) streams.add();
  await new Promise((resolve) => setTimeout(resolve, 100));
  streams.setAway(false);
  await hasAll(ids, 10);
});

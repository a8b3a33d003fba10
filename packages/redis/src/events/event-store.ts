import {
  type EventStore,
  parseEventCursor,
  type ReadEvent,
  STREAM_START,
  type StreamPosition,
} from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { fromRedisError } from '../connection/redis-error.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { decodeEvent } from './event-codec.js';

/** How long a client's events are kept after somebody followed them last, ms. */
const KEPT_MS = 7 * 86_400_000;
/** A consumer group that nobody uses: creating one is the only way to create an empty stream. */
const GROUP = 'followed';
/** Far more entries than come within a millisecond. */
const MOST_SEQUENCE = 1_000_000;

export function createEventStore(redis: RedisConnection, map: PartitionMap): EventStore {
  /** Does it in every partition at once. */
  async function everywhere<T>(work: (keys: PartitionKeys, partition: number) => Promise<T>): Promise<T[]> {
    try {
      return await Promise.all((await map.all()).map(work));
    } catch (error) {
      throw fromRedisError(error);
    }
  }

  return {
    async follow(clientId) {
      await everywhere(async (keys) => {
        const stream = keys.eventPrefix + clientId;
        const exists = await redis.pexpire(stream, KEPT_MS);
        if (exists) return;
        await makeStream(redis, stream);
        await redis.pexpire(stream, KEPT_MS);
      });
    },

    latest: (clientId) => everywhere((keys) => latestPosition(redis, keys.eventPrefix + clientId)),

    async parseCursor(text) {
      return parseEventCursor(text, (await map.all()).length);
    },

    async read(clientId, after, limit) {
      const pages = await everywhere((keys, partition) =>
        readPage(redis, keys.eventPrefix + clientId, after[partition] ?? STREAM_START, limit),
      );
      return {
        events: pages.flatMap(decodePage),
        cursor: pages.map(({ entries }, partition) => {
          const last = entries.at(-1);
          return last ? positionOf(last[0]) : (after[partition] ?? STREAM_START);
        }),
        more: pages.some(({ entries }) => entries.length === limit),
      };
    },
  };
}

type Entry = [id: Buffer, fields: Buffer[]];

interface Page {
  readonly entries: readonly Entry[];
  /** Marks that entries before these were trimmed before they were read. */
  readonly missedAny: boolean;
}

async function readPage(
  redis: RedisConnection,
  stream: string,
  after: StreamPosition,
  limit: number,
): Promise<Page> {
  const from = `(${after.ms}-${after.sequence}`;
  const entries = (await redis.xrangeBuffer(stream, from, '+', 'COUNT', limit)) as Entry[];
  const missedAny = entries.length > 0 && (await wasTrimmed(redis, stream, after, entries[0]?.[0] as Buffer));
  return { entries, missedAny };
}

/** Entries are trimmed from the oldest on: if the reader's last entry still exists, none behind it is missing. */
async function wasTrimmed(
  redis: RedisConnection,
  stream: string,
  after: StreamPosition,
  firstRead: Buffer,
): Promise<boolean> {
  const at = `${after.ms}-${after.sequence}`;
  if ((await redis.xrange(stream, at, at)).length > 0) return false;
  const info = (await redis.xinfo('STREAM', stream)) as unknown[];
  const value = (name: string) => info[info.indexOf(name) + 1];
  const [oldest] = value('first-entry') as [string];
  return oldest === firstRead.toString('latin1') && Number(value('entries-added')) > Number(value('length'));
}

function decodePage({ entries, missedAny }: Page, partition: number): ReadEvent[] {
  const first = entries[0];
  const events: ReadEvent[] = [];
  if (missedAny && first)
    events.push({ partition, position: rightBefore(positionOf(first[0])), event: undefined });
  for (const [id, fields] of entries) {
    const position = positionOf(id);
    const event = decodeEvent(position.ms, fields);
    if (event) events.push({ partition, position, event });
  }
  return events;
}

async function makeStream(redis: RedisConnection, stream: string): Promise<void> {
  await redis.xgroup('CREATE', stream, GROUP, '$', 'MKSTREAM').catch((error: Error) => {
    // Another gateway was faster.
    if (!error.message.startsWith('BUSYGROUP')) throw error;
  });
}

/** Even of a stream whose entries are all trimmed. */
async function latestPosition(redis: RedisConnection, stream: string): Promise<StreamPosition> {
  const [last] = (await redis.xrevrangeBuffer(stream, '+', '-', 'COUNT', 1)) as Entry[];
  return last ? positionOf(last[0]) : STREAM_START;
}

function positionOf(id: Buffer): StreamPosition {
  const [ms, sequence] = id.toString('latin1').split('-');
  return { ms: Number(ms), sequence: Number(sequence) };
}

/** No entry stands between the two. */
function rightBefore({ ms, sequence }: StreamPosition): StreamPosition {
  return sequence > 0 ? { ms, sequence: sequence - 1 } : { ms: ms - 1, sequence: MOST_SEQUENCE };
}

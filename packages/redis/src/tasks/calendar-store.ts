import type { CalendarStore } from '@boomerang/domain';
import type { Engine } from '../engine/engine.js';
import { NOTICE_MS } from '../engine/engine-settings.js';
import { decodeCalendarPart } from '../layout/calendar-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** A worker that claims an occurrence adds times at once. A task that lacks times for this long was left behind, ms. */
const LEFT_BEHIND_MS = 1_000;
const MOST_AT_ONCE = 250;

export function createCalendarStore(
  { run, partitions }: Pick<Engine, 'run' | 'partitions'>,
  { sliceMs }: { readonly sliceMs: number },
): CalendarStore {
  const keysOf = (partition: number) => partitions[partition] as PartitionKeys;

  return {
    async lackingTimes(partition, skip) {
      const reply = await run('lacking-times', keysOf(partition), [LEFT_BEHIND_MS, skip, MOST_AT_ONCE]);
      const [nowMs, ...rest] = reply as [number, ...(Buffer | number)[]];
      const tasks = [];
      for (let i = 0; i < rest.length; i += 3) {
        const [id, latestMs, part] = rest.slice(i, i + 3) as [Buffer, number, Buffer];
        const calendar = part.length > 0 ? decodeCalendarPart(part) : undefined;
        tasks.push({ taskId: id.toString('latin1'), calendar, afterMs: Math.max(latestMs, nowMs) });
      }
      return { tasks, more: tasks.length === MOST_AT_ONCE };
    },

    async addTimes(partition, additions) {
      if (additions.length === 0) return 0;
      const args = additions.flatMap(({ taskId, timesMs }) => [taskId, timesMs.length, ...timesMs]);
      const left = (await run('add-times', keysOf(partition), [sliceMs, NOTICE_MS, ...args])) as number[];
      return left.filter(Boolean).length;
    },
  };
}

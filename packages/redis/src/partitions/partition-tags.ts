import { MAX_PARTITIONS } from '@boomerang/domain';
import { hashSlot } from './hash-slot.js';

const SLOTS = 16_384;

/**
 * Hash tags of partitions 0 to `count` - 1, their slots spaced evenly: partition i takes the slot whose number is i with
 * its 12 bits reversed, so that any power of two of partitions is spread evenly, and raising the count moves none.
 */
export function partitionTags(count: number): string[] {
  const wanted = new Map(Array.from({ length: count }, (_, i) => [slotOf(i), i]));
  const tags = new Array<string>(count);
  for (let n = 0; wanted.size > 0; n++) {
    const tag = n.toString(36);
    const partition = wanted.get(hashSlot(tag));
    if (partition === undefined) continue;
    tags[partition] = tag;
    wanted.delete(slotOf(partition));
  }
  return tags;
}

function slotOf(partition: number): number {
  let reversed = 0;
  for (let bit = 1, value = partition; bit < MAX_PARTITIONS; bit <<= 1, value >>= 1) {
    reversed = (reversed << 1) | (value & 1);
  }
  return reversed * (SLOTS / MAX_PARTITIONS);
}

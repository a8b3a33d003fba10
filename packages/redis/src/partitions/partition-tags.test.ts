import { expect, test } from 'vitest';
import { hashSlot } from './hash-slot.js';
import { globalKeys, partitionKeys, scriptKeys } from './keys.js';
import { partitionTags } from './partition-tags.js';

test('slots are those of the Redis Cluster specification', () => {
  expect(hashSlot('123456789')).toBe(0x31c3);
  expect(hashSlot('foo')).toBe(12_182);
});

test.each([1, 2, 4, 64, 4_096])('the tags of %d partitions are spaced evenly over the slots', (count) => {
  const slots = partitionTags(count)
    .map(hashSlot)
    .sort((a, b) => a - b);
  expect(slots).toEqual(Array.from({ length: count }, (_, i) => (i * 16_384) / count));
});

test('raising the count moves no partition', () => {
  expect(partitionTags(100).slice(0, 3)).toEqual(partitionTags(3));
});

test('all keys of a partition carry its tag', () => {
  partitionKeys(5).forEach((keys, i) => {
    for (const key of [...scriptKeys(keys), keys.queuePrefix])
      expect(key).toMatch(`{${partitionTags(5)[i]}}`);
  });
  expect(globalKeys.session('x')).not.toContain('{');
});

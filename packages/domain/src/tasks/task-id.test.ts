import { expect, test } from 'vitest';
import { createTaskId, MAX_PARTITIONS, partitionOf, TASK_ID_LENGTH } from './task-id.js';

test('an id is a UUIDv7 that carries its time and its partition', () => {
  const now = 1_795_305_600_123;
  for (const partition of [0, 1, 255, MAX_PARTITIONS - 1]) {
    const id = createTaskId(partition, now);
    expect(id).toHaveLength(TASK_ID_LENGTH);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(partitionOf(id)).toBe(partition);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(now);
  }
});

test('ids of the same millisecond and partition differ', () => {
  const ids = new Set(Array.from({ length: 10_000 }, () => createTaskId(1, 1)));
  expect(ids.size).toBe(10_000);
});

test.each([
  '',
  'x',
  '01A20195-D96F-7003-B7D2-2E3B4A4E0B72',
  '01a20195-d96f-4003-b7d2-2e3b4a4e0b72',
  '01a20195-d96f-7003-b7d2-2e3b4a4e0b72 ',
])('%j is no task id', (text) => {
  expect(partitionOf(text)).toBeUndefined();
});

import type { SliceStore, Workload } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { readAutoscale } from './autoscale.js';

const storeOf = (workloads: readonly Workload[]) =>
  ({ workload: async (partition: number) => workloads[partition] }) as unknown as SliceStore;
const idle = { parked: 0, overdue: 0, dueWithinMinute: 0, inFlight: 0, claimedLastMinute: 0, held: 0 };

test('counts what is late and under way, and what falls due within a minute, over all partitions', async () => {
  const workloads = [
    { ...idle, parked: 1_000, overdue: 5, dueWithinMinute: 40, inFlight: 3 },
    { ...idle, parked: 500, dueWithinMinute: 60, claimedLastMinute: 20 },
  ];
  expect(await readAutoscale(storeOf(workloads), 2)).toEqual({
    workload: 108,
    backlog: 8,
    due_within_60s: 100,
    claimed_last_60s: 20,
    parked: 1_500,
  });
});

test('a steady load of short delays, of which little can be seen ahead, counts by what was claimed', async () => {
  const workloads = [{ ...idle, dueWithinMinute: 50, claimedLastMinute: 6_000, inFlight: 10 }];
  expect(await readAutoscale(storeOf(workloads), 1)).toMatchObject({ workload: 6_010 });
});

test('a partition that can not be read is no partition without work', async () => {
  const store = { workload: () => Promise.reject(new Error('redis is away')) } as unknown as SliceStore;
  await expect(readAutoscale(store, 1)).rejects.toThrow('redis is away');
});

import { defineConfig } from 'vitest/config';

/** They measure time, or take so much of the machine that others would be late beside them. */
const ALONE = ['test/e2e/{bad-endpoint,door,flood,neighbours,sharing}.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'services/*/src/**/*.test.ts',
            'test/docs/**/*.test.ts',
            'test/helm/**/*.test.ts',
          ],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          // Tests mostly wait. Two files at a time also on a machine with two cores.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: [
            'test/e2e/**/*.test.ts',
            'test/image/**/*.test.ts',
            'test/compat/**/*.test.ts',
            'test/endings/**/*.test.ts',
          ],
          exclude: ALONE,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'alone',
          include: ['test/observability/**/*.test.ts', 'test/chaos/**/*.test.ts', ...ALONE],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});

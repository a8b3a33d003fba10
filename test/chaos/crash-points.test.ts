import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { CRASH_POINTS } from './support/crash-points.js';
import { crashAt } from './support/crash-run.js';
import { circumstancesOf, describeCircumstances } from './support/matrix.js';

const env = { BOOMERANG_LEASE_MS: '2000', BOOMERANG_ENDPOINT_SLOTS: '4' };

const runs = CRASH_POINTS.flatMap((point, n) =>
  circumstancesOf(n)
    .filter(({ kind }) => kind === 'recurring' || !point.onlyRecurring)
    .map((circumstances) => ({ point, circumstances })),
);

describe.each([1, 2] as const)('with %d of every service', (count) => {
  let stack: TestStack;
  beforeAll(async () => {
    const counts = { gateway: count, scheduler: count, worker: count };
    stack = await startStack({ counts, env: { worker: env }, proxied: true });
  });
  afterAll(() => stack?.stop());

  const here = runs.filter(({ circumstances }) => circumstances.count === count);
  const named = here.map(({ point, circumstances }) => {
    const name = `${point.name}: ${describeCircumstances(circumstances)}`;
    return [name, point, circumstances] as const;
  });
  test.each(named)('a crash %s', async (_, point, circumstances) => {
    await crashAt(stack, point, circumstances);
  });
});

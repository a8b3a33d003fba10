import { setTimeout as sleep } from 'node:timers/promises';
import { BoomerangClientError, type Session } from '@boomerang/client';
import { waitFor } from '@boomerang/testkit';
import { expect } from 'vitest';
import type { Arrivals } from '../../e2e/support/arrivals.js';

/** What became of a registration, by this process's monotonic clock. */
export interface Answer {
  readonly askedAt: number;
  readonly tookMs: number;
  /** Of an acked one. */
  readonly taskId: string | undefined;
  readonly error: unknown;
}

export interface SteadyLoad {
  readonly answers: readonly Answer[];
  /** Ends it and waits for what is unanswered. */
  stop(): Promise<void>;
}

const EVERY_MS = 20;
const LONGEST_DELAY_MS = 1_500;

/** Registers at a steady pace, whether or not it is answered: what stalls is seen to stall. */
export function startSteadyLoad(session: Session): SteadyLoad {
  const answers: Answer[] = [];
  const asked: Promise<void>[] = [];
  let running = true;

  async function ask(n: number): Promise<void> {
    const askedAt = performance.now();
    const answer = (rest: { taskId?: string; error?: unknown }) =>
      void answers.push({
        askedAt,
        tookMs: performance.now() - askedAt,
        taskId: rest.taskId,
        error: rest.error,
      });
    await session.setTimeout('x', (n * 137) % LONGEST_DELAY_MS).then(answer, (error) => answer({ error }));
  }

  async function run(): Promise<void> {
    for (let n = 0; running; n++) {
      asked.push(ask(n));
      await sleep(EVERY_MS);
    }
  }
  const ran = run();
  return {
    answers,
    async stop() {
      running = false;
      await ran;
      await Promise.all(asked);
    },
  };
}

/** A refusal has to come within two seconds; what is on top is for a machine that is busy with other things. */
const LONGEST_REFUSAL_MS = 2_600;

/** Every refusal is an ERROR that came in time; the texts of them all, each once. */
export function expectRefusalsInTime(answers: readonly Answer[]): string[] {
  const refused = answers.filter(({ taskId }) => taskId === undefined);
  for (const { error } of refused) expect(error).toBeInstanceOf(BoomerangClientError);
  expect(new Set(refused.map(({ error }) => (error as BoomerangClientError).status))).toEqual(
    new Set(refused.length > 0 ? ['ERROR'] : []),
  );
  expect(Math.max(0, ...refused.map(({ tookMs }) => tookMs))).toBeLessThan(LONGEST_REFUSAL_MS);
  return [...new Set(refused.map(({ error }) => (error as Error).message))];
}

/** Whatever was acked arrives. */
export async function expectAckedDelivered(answers: readonly Answer[], arrivals: Arrivals): Promise<void> {
  const acked = answers.flatMap(({ taskId }) => taskId ?? []);
  expect(acked.length).toBeGreaterThan(10);
  const missing = () => {
    const seen = new Set(arrivals.all.map(({ taskId }) => taskId));
    return acked.filter((taskId) => !seen.has(taskId));
  };
  await waitFor(() => missing().length === 0, { timeoutMs: 30_000, message: 'all that was acked' });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '@boomerang/client';
import { MsHistogram, type Percentiles } from '../processes/percentiles.js';

const PER_SECOND = 200;
const DELAY_MS = 3_600_000;

/** Registers at a steady rate, whatever the answers take, until `over`; how long they took, and how many failed. */
export async function behaveWell(
  session: Session,
  over: AbortSignal,
): Promise<Percentiles & { readonly failed: number }> {
  const histogram = new MsHistogram();
  const answers: Promise<void>[] = [];
  const startedAt = performance.now();
  let failed = 0;
  while (!over.aborted) {
    const wanted = ((performance.now() - startedAt) / 1_000) * PER_SECOND;
    while (answers.length < wanted) {
      // From when it was due to be sent: what the client itself was late by is nobody's merit.
      const dueAt = startedAt + (answers.length / PER_SECOND) * 1_000;
      const answer = session.setTimeout('well-behaved', DELAY_MS);
      answers.push(
        answer.then(
          () => histogram.record(performance.now() - dueAt),
          () => {
            failed++;
          },
        ),
      );
    }
    await sleep(1);
  }
  await Promise.all(answers);
  return { ...histogram.percentiles(), failed };
}

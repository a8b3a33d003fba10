import type { ReceivedCallback } from '@boomerang/client';
import type { DeadLetter } from '@boomerang/domain';
import { describe, expect, test } from 'vitest';
import { Arrivals } from './arrivals.js';
import { judge, type Outcome } from './expectations.js';
import { plan } from './task-plan.js';

/** What is missing after a run that went well but for what `spoil` does to it, and for the last callback of `lost`. */
function missingAfter(spoil: (outcome: Outcome & { deadLetters: DeadLetter[] }) => void, lost?: string) {
  const arrivals = new Arrivals(0);
  const taskIds = new Map(plan.map(({ label }) => [label, `id of ${label}`]));
  for (const { label, expected, intervalMs } of plan) {
    for (let index = 0; index < expected - (label === lost ? 1 : 0); index += 1) {
      const came = callback(label, {
        occurrence: intervalMs ? index + 1 : 1,
        attempt: intervalMs ? 1 : index + 1,
        scheduledTimeMs: 1_000 + index * (intervalMs ?? 0),
        receivedAtMs: 1_002 + index * (intervalMs ?? 0),
      });
      arrivals.add(label, came, 0);
    }
  }
  const failing = plan.find(({ kind }) => kind === 'failing')?.label ?? '';
  const history = [1, 2, 3].map((attempt) => ({ attempt, atMs: 0, durationMs: 0, error: '' }));
  const letter = {
    taskId: `id of ${failing}`,
    payload: Buffer.from(failing),
    history,
  } as unknown as DeadLetter;
  const outcome = { arrivals, taskIds, deadLetters: [letter], clockErrorMs: 0.1 };
  spoil(outcome);
  return judge(plan, outcome).filter(({ missing }) => missing !== undefined);
}

function callback(label: string, rest: Partial<ReceivedCallback>): ReceivedCallback {
  return { taskId: `id of ${label}`, attempt: 1, occurrence: 1, ...rest } as ReceivedCallback;
}

const late = { scheduledTimeMs: 1_000, receivedAtMs: 1_001 };

describe('the demo', () => {
  test('is content when all came that should', () => {
    expect(missingAfter(() => undefined)).toEqual([]);
  });

  test('misses a callback', () => {
    for (const { label, expected } of plan) {
      const missing = missingAfter(() => undefined, label);
      expect(missing.map(({ text }) => text)).toEqual(expected > 0 ? [expect.stringContaining(label)] : []);
    }
  });

  test('sees a callback too many, also of a cancelled task', () => {
    for (const { label, intervalMs } of plan) {
      if (intervalMs) continue;
      const missing = missingAfter(({ arrivals }) => arrivals.add(label, callback(label, late), 0));
      expect(missing.map(({ text }) => text)).toEqual([expect.stringContaining(label)]);
    }
  });

  test('sees drift', () => {
    const { label = '', expected = 0 } = plan.find(({ intervalMs }) => intervalMs) ?? {};
    const missing = missingAfter(({ arrivals }) => {
      arrivals.add(label, callback(label, { ...late, occurrence: expected + 1 }), 0);
    });
    expect(missing.map(({ text }) => text)).toContain(`${label}: no drift`);
  });

  test('misses the dead letter, or one of its failures, and sees a second or a strange one', () => {
    const spoilers = [
      (letters: DeadLetter[]) => letters.pop(),
      (letters: DeadLetter[]) => (letters[0] as { history: unknown[] } | undefined)?.history.pop(),
      (letters: DeadLetter[]) => letters.push(letters[0] as DeadLetter),
      (letters: DeadLetter[]) => letters.push({ ...(letters[0] as DeadLetter), taskId: 'strange' }),
    ];
    for (const spoil of spoilers)
      expect(missingAfter(({ deadLetters }) => spoil(deadLetters))).toHaveLength(1);
  });

  test('sees a callback that came early, and a strange one', () => {
    const early = callback('strange', { scheduledTimeMs: 1_000, receivedAtMs: 999 });
    expect(missingAfter(({ arrivals }) => arrivals.add('strange', early, 0))).toHaveLength(2);
  });
});

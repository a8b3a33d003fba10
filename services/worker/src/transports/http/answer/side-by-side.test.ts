import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyAnswer } from '../../../../test-support/any-answer.js';
import { type AnswerRow, httpAnswers } from '../../../../test-support/http-answers/http-answers.js';
import {
  asNodeUnderstands,
  asUndiciUnderstands,
  type Understood,
} from '../../../../test-support/other-http-clients.js';
import { AnswerParser } from './answer-parser.js';

const ANSWERS = 3_000;
const SURPLUS = 'anything behind the end of the answer, such as a second one';

interface Ours {
  readonly understood: Understood;
  readonly error: string;
  /** Whether something came behind the answer. */
  readonly surplus: boolean;
}

function asWeUnderstand(bytes: Buffer): Ours {
  const parser = new AnswerParser();
  try {
    for (let at = 0; at < bytes.length; at++) {
      const whole = parser.read(bytes.subarray(at, at + 1));
      if (whole) return { understood: told(whole.answer), error: '', surplus: at + 1 < bytes.length };
    }
    const whole = parser.end();
    const error = 'the connection was closed in the middle of the answer';
    return whole
      ? { understood: told(whole.answer), error: '', surplus: false }
      : { understood: undefined, error, surplus: false };
  } catch (error) {
    return { understood: undefined, error: (error as Error).message, surplus: false };
  }
}

function told({ status, body }: { status: number; body: Buffer | undefined }): Understood {
  return { status, body: body?.toString('latin1') ?? '' };
}

/** The rows that give a reason why our parser accepts what another client refuses, or refuses what it accepts. */
function explained(answer: string, ours: Ours): AnswerRow[] {
  if (!ours.understood) return httpAnswers.filter(({ words }) => words?.test(ours.error));
  return httpAnswers.filter(({ what, sign }) => sign?.test(answer) || (ours.surplus && what === SURPLUS));
}

test('every difference to undici and to node:http is a row of the table', async () => {
  const met = new Set<string>();
  const property = fc.asyncProperty(anyAnswer, async (answer) => {
    const bytes = Buffer.from(answer, 'latin1');
    const ours = asWeUnderstand(bytes);
    for (const theirs of [await asUndiciUnderstands(bytes), await asNodeUnderstands(bytes)]) {
      // If both accept an answer, they understand the same by it.
      if (ours.understood && theirs) expect(ours.understood).toEqual(theirs);
      if (Boolean(ours.understood) === Boolean(theirs)) continue;
      const rows = explained(answer, ours);
      expect(rows, `${ours.error}: ${JSON.stringify(theirs)}`).not.toEqual([]);
      for (const { what } of rows) met.add(what);
    }
  });
  await fc.assert(property, { seed: 1, numRuns: ANSWERS });
  expect(met.size).toBeGreaterThan(15);
}, 60_000);

import type { AnswerRow } from './answer-row.js';
import { forgivenAnswers } from './forgiven-answers.js';
import { refusedAnswers } from './refused-answers.js';

export type { AnswerRow };

/** What receivers answer otherwise than in the plainest form, and what becomes of it. docs/callbacks.md has the same rows. */
export const httpAnswers: readonly AnswerRow[] = [...forgivenAnswers, ...refusedAnswers];

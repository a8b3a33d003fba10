import { expect, test } from 'vitest';
import { httpAnswers } from '../../services/worker/test-support/http-answers/http-answers.js';
import { readFromRoot, tableUnder } from './markdown.js';

test('docs/callbacks.md lists the unusual answers that the worker is tested with, and what becomes of them', () => {
  const rows = tableUnder(readFromRoot('docs/callbacks.md'), 'Unusual answers over HTTP');
  const listed = rows.map((row) => [row['a receiver sends'], row.becomes, row.connection]);
  const tested = httpAnswers.map(({ what, becomes, connection }) => [what, becomes, connection]);
  expect(listed).toEqual(tested);
  for (const { why } of rows) expect(why).toMatch(/\w{4}/);
});

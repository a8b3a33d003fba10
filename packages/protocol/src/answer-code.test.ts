import { expect, test } from 'vitest';
import { boomerang } from './protobuf.js';

/** Field 31, length-delimited, one byte long: "x". */
const CODE_IS_X = 'fa010178';

const answers = Object.entries(boomerang)
  .filter(([name]) => name.endsWith('Response') && name !== 'CallbackResponse')
  .map(([name, type]) => [name, type as unknown as typeof boomerang.ErrorResponse] as const);

test('the answers to a gateway are found', () => {
  expect(answers.length).toBeGreaterThanOrEqual(10);
});

test.each(answers)('%s says what was wrong in number 31', (name, type) => {
  const bytes = type.encode(name === 'ErrorResponse' ? { errorCode: 'x' } : { code: 'x' }).finish();
  expect(Buffer.from(bytes).toString('hex')).toBe(CODE_IS_X);
});

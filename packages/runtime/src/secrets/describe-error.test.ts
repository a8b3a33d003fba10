import { expect, test } from 'vitest';
import { describeError } from './describe-error.js';

test('tells what explains an error, wherever it hangs', () => {
  const cause = Object.assign(new Error('NOAUTH'), { command: { name: 'get', args: ['sesame'] } });
  const node = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', password: 'sesame' });
  const error = Object.assign(new AggregateError([node, 'text'], 'all failed', { cause }), {
    lastNodeError: node,
  });
  const described = describeError(error);
  expect(described).toMatchObject({
    type: 'AggregateError',
    message: 'all failed',
    cause: { message: 'NOAUTH', command: 'get' },
    lastNodeError: { code: 'ECONNREFUSED' },
    errors: [{ message: 'refused' }, 'text'],
  });
  expect(JSON.stringify(described)).not.toContain('sesame');
});

test('an error that Redis answers does not repeat arguments', () => {
  const error = new Error(
    "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'user' 'sesame' ",
  );
  expect(describeError(error)).toMatchObject({ message: "ERR unknown command 'HELLO'" });
  expect(JSON.stringify(describeError(error))).not.toContain('sesame');
});

test('an error that explains itself ends somewhere', () => {
  const error = new Error('round');
  error.cause = error;
  expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000);
});

test('what is no error is told by its kind, or as it is', () => {
  expect([{ password: 'sesame' }, null, undefined, 'text', 5].map((each) => describeError(each))).toEqual([
    'Object',
    'null',
    undefined,
    'text',
    5,
  ]);
});

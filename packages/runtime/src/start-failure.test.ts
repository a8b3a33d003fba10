import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ConfigError } from './config-error.js';
import { explainStartFailure, isOperational } from './start-failure.js';

test('a bad configuration is a line for each setting', () => {
  const error = new ConfigError(['A is bad', 'B is bad']);
  expect(explainStartFailure('gateway', error)).toBe(
    'gateway: cannot start: A is bad\ngateway: cannot start: B is bad',
  );
  expect(isOperational(error)).toBe(true);
});

test('a refused connection is one line with the address', async () => {
  const error = await new Promise<Error>((resolve) => connect(1, '127.0.0.1').on('error', resolve));
  expect(explainStartFailure('worker', error)).toBe('worker: cannot start: connect ECONNREFUSED 127.0.0.1:1');
  expect(isOperational(error)).toBe(true);
  expect(isOperational(new Error('no Redis', { cause: error }))).toBe(true);
});

test('several failures without a message of their own are told in one line', () => {
  const error = new AggregateError([new Error('no ::1'), new Error('no 127.0.0.1')]);
  expect(explainStartFailure('worker', error)).toBe('worker: cannot start: no ::1, no 127.0.0.1');
});

test('a mistake in the program is one line too, and worth a stack', () => {
  const error = new TypeError('x is\n  not a function');
  expect(explainStartFailure('worker', error)).toBe('worker: cannot start: x is not a function');
  expect(isOperational(error)).toBe(false);
});

import { type OutsideDestination, parseDestination } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { BrokerCredentials, isBrokerLogin } from './broker-credentials.js';

test('a login is for one scheme, host and port', () => {
  const credentials = new BrokerCredentials([
    'nats://u:p%40ss@Nats.example',
    'amqps://v:w@[::1]:1',
    'nats://token@a',
  ]);
  const of = (text: string) => credentials.of(parseDestination(text) as OutsideDestination);
  expect(of('nats://nats.example:4222/x')).toEqual({ user: 'u', password: 'p@ss' });
  expect(of('amqps://[::1]:1/e/k')).toEqual({ user: 'v', password: 'w' });
  expect(of('nats://a/x')).toEqual({ user: 'token', password: '' });
  for (const other of [
    'nats+tls://nats.example/x',
    'nats://nats.example:1/x',
    'amqp://[::1]:1/e/k',
    'https://a/',
  ]) {
    expect(of(other)).toBeUndefined();
  }
});

test.each([
  'nats://a',
  'http://u:p@a',
  'nats://u:p@',
  'nats://u:p@a/x',
  'nats://u:p:q@a',
  'nats://u:p@a:99999',
  'kafka://:p@a',
  'nats://%zz:p@a',
  '',
])('%j is no login', (text) => expect(isBrokerLogin(text)).toBe(false));

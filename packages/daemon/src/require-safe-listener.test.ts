import { expect, test } from 'vitest';
import { requireSafeListener } from './require-safe-listener.js';

const OPEN = { grpcHost: '127.0.0.1', grpcTlsCert: undefined, grpcTlsKey: undefined, grpcToken: undefined };
const TLS = { grpcTlsCert: '/cert.pem', grpcTlsKey: '/key.pem' };
const TOKEN = { grpcToken: 'sixteen-characters' };

test.each([
  OPEN,
  { ...OPEN, grpcHost: '::1' },
  { ...OPEN, ...TOKEN },
  { ...OPEN, ...TLS, ...TOKEN, grpcHost: '0.0.0.0' },
])('%j is safe', (listener) => {
  expect(() => requireSafeListener(listener)).not.toThrow();
});

test.each([
  [{ ...OPEN, grpcHost: '0.0.0.0' }, 'is "0.0.0.0", which is not loopback'],
  [{ ...OPEN, ...TLS, grpcHost: '::' }, 'is "::", which is not loopback'],
  [{ ...OPEN, ...TOKEN, grpcHost: '10.0.0.1' }, 'is "10.0.0.1", which is not loopback'],
  [{ ...OPEN, ...TOKEN, grpcHost: 'engines.example' }, 'which is not loopback'],
  [{ ...OPEN, grpcTlsCert: '/cert.pem' }, 'expected both or neither'],
])('%j is not', (listener, why) => {
  expect(() => requireSafeListener(listener)).toThrow(why);
});

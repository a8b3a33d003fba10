import { expect, test } from 'vitest';
import { requireApiAccess } from './require-api-access.js';

const ENGINES = { byName: new Map(), types: new Map([['playbook', 'spage']]), byDefault: 'spage' };
const api = ['grpc://127.0.0.1:9090'];

test('gateways and key belong together, and neither is a daemon of this machine alone', () => {
  expect(requireApiAccess({ api: undefined, apiKey: undefined }, ENGINES)).toBeUndefined();
  expect(requireApiAccess({ api, apiKey: 'key' }, ENGINES)).toEqual({ urls: api, apiKey: 'key' });
  expect(() => requireApiAccess({ api, apiKey: undefined }, ENGINES)).toThrow(
    'BOOMERANG_DAEMON_API_KEY is not set',
  );
  expect(() => requireApiAccess({ api: undefined, apiKey: 'key' }, ENGINES)).toThrow(
    'BOOMERANG_DAEMON_API is not set',
  );
});

test('a daemon of the API needs types of tasks', () => {
  expect(() => requireApiAccess({ api, apiKey: 'key' }, { ...ENGINES, types: new Map() })).toThrow(
    'types is missing',
  );
});

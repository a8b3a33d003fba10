import { expect, test } from 'vitest';
import type { Callback } from './callback.js';
import { endpointName, hostPortOf, parseHostPort, validateEndpoint } from './endpoint.js';

test.each([
  ['example.com:9000', 'example.com', 9_000],
  ['EXAMPLE.com:80', 'example.com', 80],
  ['127.1:1', '127.0.0.1', 1],
  ['0x7f.1:65535', '127.0.0.1', 65_535],
  ['2130706433:443', '127.0.0.1', 443],
  ['[::1]:5', '::1', 5],
  ['[::ffff:127.0.0.1]:5', '::ffff:7f00:1', 5],
  ['１２７.0.0.1:5', '127.0.0.1', 5],
])('%s is read as a browser reads it', (text, host, port) => {
  expect(parseHostPort(text)).toEqual({ host, port });
});

test.each([
  '',
  'example.com',
  ':80',
  'a:0',
  'a:65536',
  'a:123456',
  'a:-1',
  'a b:1',
  'u@a:1',
  'a/b:1',
  '::1:80',
  '[::1]',
  '[::1:80',
  'a:80/',
  'a:80?x',
  'http://a:80',
  '256.256.256.256:1',
  '[zz]:1',
  `${'a'.repeat(2_050)}:1`,
])('%j is no host and port', (text) => expect(parseHostPort(text)).toBeUndefined());

test('every protocol says what it allows', () => {
  const refusal = (callback: Callback) => {
    try {
      validateEndpoint(callback);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(refusal({ protocol: 'TCP', endpoint: 'x' })).toBe(
    'callback.endpoint: "x" is not an endpoint for TCP; allowed: host:port, port 1 to 65535, an IPv6 address in brackets',
  );
  expect(refusal({ protocol: 'UDP', endpoint: 'grpcs://a:1' })).toMatch(
    /^callback.endpoint: .* for UDP; allowed/,
  );
  expect(refusal({ protocol: 'GRPC', endpoint: 'https://a:1' })).toMatch(/grpcs:\/\/host:port/);
  expect(refusal({ protocol: 'GRPC', endpoint: 'grpcs://a:1' })).toBeUndefined();
  expect(refusal({ protocol: 'HTTP', endpoint: 'a:1' })).toMatch(/not for HTTP/);
});

test('a connection is made to the host and port that an endpoint means', () => {
  expect(hostPortOf({ protocol: 'HTTP', endpoint: 'https://[::1]/x' })).toEqual({ host: '::1', port: 443 });
  expect(hostPortOf({ protocol: 'HTTP', endpoint: 'http://a:8080/x' })).toEqual({ host: 'a', port: 8_080 });
  expect(hostPortOf({ protocol: 'GRPC', endpoint: 'grpcs://a:1' })).toEqual({ host: 'a', port: 1 });
});

test('an endpoint is called by its protocol, host and port, over HTTP also by its path, without query', () => {
  expect(endpointName({ protocol: 'HTTP', endpoint: 'https://A.example:443/hook?secret=1' })).toBe(
    'https://a.example/hook',
  );
  expect(endpointName({ protocol: 'GRPC', endpoint: 'grpcs://a:1' })).toBe('grpc://a:1');
  expect(endpointName({ protocol: 'UDP', endpoint: '[::1]:5' })).toBe('udp://[::1]:5');
});

import { expect, test } from 'vitest';
import { encodeRequest, httpTargetOf } from './http-request.js';

const posted = (endpoint: string, fields = {}, body = Buffer.alloc(0)) =>
  encodeRequest(httpTargetOf(endpoint), fields, body).toString('latin1');

test('a POST is its line, its header and its body in one piece', () => {
  expect(posted('http://a.example:8080/cb?x=1', { 'content-type': 'text/plain' }, Buffer.from('ü'))).toBe(
    [
      'POST /cb?x=1 HTTP/1.1',
      'host: a.example:8080',
      'connection: keep-alive',
      'content-type: text/plain',
      'content-length: 2',
      '',
      '\xc3\xbc',
    ].join('\r\n'),
  );
});

test.each([
  ['http://A.example', 'POST / HTTP/1.1\r\nhost: a.example\r\n'],
  ['http://a.example:80/', 'POST / HTTP/1.1\r\nhost: a.example\r\n'],
  ['https://a.example:443/', 'POST / HTTP/1.1\r\nhost: a.example\r\n'],
  ['https://a.example:80/', 'POST / HTTP/1.1\r\nhost: a.example:80\r\n'],
  ['http://[::1]:8080/a/../b', 'POST /b HTTP/1.1\r\nhost: [::1]:8080\r\n'],
  ['http://bücher.example/ü?ü#top', 'POST /%C3%BC?%C3%BC HTTP/1.1\r\nhost: xn--bcher-kva.example\r\n'],
  ['http://a.example/a b\r\nx: y', 'POST /a%20bx:%20y HTTP/1.1\r\nhost: a.example\r\n'],
])('%j is asked for as %j', (endpoint, beginning) => {
  expect(posted(endpoint).slice(0, beginning.length)).toBe(beginning);
});

test('a target is told by its origin, and knows where to connect', () => {
  const plain = { key: 'http://a.example', host: 'a.example', port: 80, tlsProtocol: undefined };
  expect(httpTargetOf('http://a.example/x')).toMatchObject(plain);
  const secure = { key: 'https://[::1]:8443', host: '::1', port: 8443, tlsProtocol: 'http/1.1' };
  expect(httpTargetOf('https://[::1]:8443/x')).toMatchObject(secure);
});

test.each(['a\r\nx: y', 'a\n', '\r', 'a\0', '\x7f', '€'])('%j is no value of a header', (value) => {
  expect(() => posted('http://a.example/', { 'x-y': value })).toThrow(/^x-y: ".*" fits no header$/);
});

test.each(['', 'a\tb', 'ü', ' '])('%j is one', (value) => {
  expect(posted('http://a.example/', { 'x-y': value })).toContain(`\r\nx-y: ${value}\r\n`);
});

import { describe, expect, test } from 'vitest';
import { describeDestination, type OutsideDestination, parseDestination } from './destination.js';

describe('what is a destination', () => {
  test.each([
    ['failed-orders', { kind: 'bucket', bucket: 'failed-orders' }],
    ['https://a.example/hooks?x=1', { kind: 'webhook', url: 'https://a.example/hooks?x=1' }],
    ['HTTP://a:8080', { kind: 'webhook', url: 'HTTP://a:8080' }],
    ['nats://a/dead.orders', { kind: 'nats', host: 'a', port: 4222, tls: false, subject: 'dead.orders' }],
    ['nats+tls://A:1/d', { kind: 'nats', host: 'a', port: 1, tls: true, subject: 'd' }],
    ['nats://[::1]:4223/d', { kind: 'nats', host: '::1', port: 4223, tls: false, subject: 'd' }],
    ['nats://0x7f.1/d', { kind: 'nats', host: '127.0.0.1', port: 4222, tls: false, subject: 'd' }],
    ['kafka://a/dead', { kind: 'kafka', host: 'a', port: 9092, tls: false, topic: 'dead' }],
    ['kafka+tls://a/dead', { kind: 'kafka', host: 'a', port: 9093, tls: true, topic: 'dead' }],
  ])('%s', (text, expected) => expect(parseDestination(text)).toEqual(expected));

  test.each([
    ['amqp://a/ex/key', { port: 5672, tls: false, exchange: 'ex', routingKey: 'key', vhost: '/' }],
    ['amqps://a/ex/a.b', { port: 5671, tls: true, exchange: 'ex', routingKey: 'a.b', vhost: '/' }],
    ['amqp://a//queue', { port: 5672, tls: false, exchange: '', routingKey: 'queue', vhost: '/' }],
    ['amqp://a:1/e/k?vhost=/x', { port: 1, tls: false, exchange: 'e', routingKey: 'k', vhost: '/x' }],
  ])('%s', (text, expected) =>
    expect(parseDestination(text)).toEqual({ kind: 'amqp', host: 'a', ...expected }),
  );
});

describe('what is none is refused, and the message says why and what is allowed', () => {
  test.each([
    ['', /"" is not a bucket name; allowed: a bucket name of 1 to 128/],
    ['.hidden', /is not a bucket name; allowed: a bucket name of/],
    ['mailto:a', /is not a bucket name; allowed: .*https:\/\//],
    ['ftp://a/b', /the scheme of "ftp:\/\/a\/b" is unknown; allowed: .*kafka:\/\//],
    ['://a/b', /scheme .* unknown/],
    ['http://', /"http:\/\/" is not a URL; allowed: http:\/\/ or https:/],
    ['https://u:p@a/', /carries a user or password/],
    ['https://a/#x', /carries a fragment/],
    ['http://a:0/', /port 0/],
    ['nats://a', /"" is no subject; allowed: nats:\/\/host\[:port\]\/subject/],
    ['nats://a/', /"" is no subject/],
    ['nats://a/x.*', /is no subject/],
    ['nats://a/x..y', /is no subject/],
    ['nats://a/x y', /is no subject/],
    ['nats://a/$JS.API.STREAM.DELETE.x', /is no subject/],
    ['nats:///x', /"" is no host/],
    ['nats://a:0/x', /is no host with an optional port/],
    ['nats://a:/x', /is no host/],
    ['nats://a:99999/x', /is no host/],
    ['nats://a,b/x y', /is no subject/],
    ['nats://u:p@a/x', /carries a user or password, which whoever runs the workers configures/],
    ['nats://a/x?y=1', /"\?y=1" means nothing here/],
    ['nats://a/x#y', /"#y" means nothing here/],
    ['amqp://a', /"" is no routing key; allowed: amqp:\/\/host/],
    ['amqp://a/ex', /"" is no routing key/],
    ['amqp://a/ex/k/l', /"k\/l" is no routing key/],
    ['amqp://a/e x/k', /"e x" is no exchange/],
    ['amqp://a/e/k?vhost=', /names no virtual host/],
    ['amqp://a/e/k?host=x', /names no virtual host/],
    ['kafka://a/', /"" is no topic; allowed: kafka:\/\//],
    ['kafka://a/..', /is no topic/],
    ['kafka://a/x/y', /is no topic/],
    [`kafka://a/${'x'.repeat(250)}`, /is no topic/],
    [`http://a/${'x'.repeat(2_048)}`, /characters are too many; allowed: at most 2048/],
  ])('%s', (text, message) => {
    expect(() => parseDestination(text)).toThrow(message);
    expect(() => parseDestination(text)).toThrow(/^dlq\.destination: .*; allowed: /);
  });
});

test('what may be secret in a destination is not told', () => {
  const told = (text: string) => describeDestination(parseDestination(text) as OutsideDestination);
  expect(told('https://hooks.example/T0/secret?key=secret')).toBe('https://hooks.example');
  expect(told('amqps://a/ex/key')).toBe('amqps://a:5671');
  expect(told('nats+tls://[::1]:1/s')).toBe('nats+tls://[::1]:1');
  expect(told('kafka://a/t')).toBe('kafka://a:9092');
});

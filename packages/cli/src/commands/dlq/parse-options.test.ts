import { describe, expect, test } from 'vitest';
import { parseCallback, parseCount, parseFilter } from './parse-options.js';
import { toSelection } from './select.js';

describe('a filter', () => {
  test('holds what was given and nothing else', () => {
    expect(parseFilter({})).toEqual({});
    expect(
      parseFilter({
        bucket: 'orders',
        since: '2026-11-22T10:00Z',
        until: '2026-11-22T12:30:15.5+02:00',
        errorClass: 'timeout',
      }),
    ).toEqual({
      bucket: 'orders',
      afterMs: Date.UTC(2026, 10, 22, 10),
      beforeMs: Date.UTC(2026, 10, 22, 10, 30, 15, 500),
      errorClass: 'timeout',
    });
    expect(parseFilter({ since: '2026-11-22' })).toEqual({ afterMs: Date.UTC(2026, 10, 22) });
  });

  test.each(['', 'yesterday', '2026-11-22T10:00', '2026-13-01', '22.11.2026', '1970-01-01', '1960-01-01'])(
    'with the time %j is refused',
    (since) => {
      expect(() => parseFilter({ since })).toThrow(/^--since: ".*" can't be used; allowed: a day or a time/);
      expect(() => parseFilter({ until: since })).toThrow(/^--until: /);
    },
  );

  test('with an unknown error class is refused', () => {
    expect(() => parseFilter({ errorClass: 'slow' })).toThrow(
      /^--error-class: "slow" .*allowed: connect, timeout/,
    );
  });
});

describe('a selection', () => {
  test('is of ids, or of what options let through, or of all', () => {
    expect(toSelection(['0-1-0'], {})).toEqual({ ids: ['0-1-0'] });
    expect(toSelection([], { all: true })).toEqual({ filter: {} });
    expect(toSelection([], { bucket: 'b' })).toEqual({ filter: { bucket: 'b' } });
    expect(toSelection([], { all: true, bucket: 'b' })).toEqual({ filter: { bucket: 'b' } });
  });

  test('of nothing, and of ids and options, is refused', () => {
    expect(() => toSelection([], {})).toThrow('or --all');
    expect(() => toSelection(['0-1-0'], { all: true })).toThrow('not by both');
    expect(() => toSelection(['0-1-0'], { bucket: 'b' })).toThrow('not by both');
  });
});

test.each([
  ['http://example.com/a', { protocol: 'HTTP', endpoint: 'http://example.com/a' }],
  ['https://example.com', { protocol: 'HTTP', endpoint: 'https://example.com' }],
  ['grpc://example.com:1', { protocol: 'GRPC', endpoint: 'example.com:1' }],
  ['grpcs://example.com:1', { protocol: 'GRPC', endpoint: 'grpcs://example.com:1' }],
  ['tcp://[::1]:1', { protocol: 'TCP', endpoint: '[::1]:1' }],
  ['udp://example.com:1', { protocol: 'UDP', endpoint: 'example.com:1' }],
])('%s is a callback by its scheme', (text, callback) => {
  expect(parseCallback('--to', text)).toEqual(callback);
});

test.each(['', 'example.com:1', 'ftp://example.com', 'tcp://'])('%j is no callback', (text) => {
  expect(() => parseCallback('--to', text)).toThrow(/^--to: .* allowed: http:/);
});

test('a count is a whole number in its range', () => {
  expect(parseCount('--rate', '50', 100)).toBe(50);
  for (const text of ['', '0', '-1', '1.5', '101', '1e1', 'many']) {
    expect(() => parseCount('--rate', text, 100)).toThrow(
      /^--rate: .* allowed: a whole number from 1 to 100/,
    );
  }
});

import { expect, test } from 'vitest';
import { validateContentType } from './content-type.js';

const raw = (rawContentType: string) =>
  ({ protocol: 'HTTP', endpoint: 'http://a/', format: 'RAW', rawContentType }) as const;

test.each([
  'application/json',
  'text/plain; charset=utf-8',
  'application/vnd.acme.v2+json;v=1; note="a; b"',
  `a/${'b'.repeat(253)}`,
])('%s is a content type', (type) => validateContentType(raw(type)));

test.each([
  '',
  'json',
  'application/',
  '/json',
  'application/json\r\nx-injected: 1',
  'application/json\n',
  'application/json; x',
  'application/json; x="a\r\nb"',
  'application/json; x="\\""',
  'täxt/plain',
  'text/plain; x="ä"',
  'text plain/x',
  `a/${'b'.repeat(254)}`,
])('%j is none', (type) => {
  expect(() => validateContentType(raw(type))).toThrow(
    /^callback\.rawContentType: .* is not a content type; allowed: type\/subtype/,
  );
});

test('an envelope has no content type to choose', () => {
  for (const format of ['ENVELOPE', undefined] as const) {
    const callback = { protocol: 'HTTP', endpoint: 'http://a/', ...(format && { format }) } as const;
    validateContentType(callback);
    expect(() => validateContentType({ ...callback, rawContentType: 'text/plain' })).toThrow(
      'callback.rawContentType: an envelope has its own content type; allowed: only with format RAW',
    );
  }
});

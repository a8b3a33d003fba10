import { describe, expect, expectTypeOf, test } from 'vitest';
import { ConfigError } from './config-error.js';
import { describeConfig } from './describe-config.js';
import { defineConfig, readConfig } from './read-config.js';
import { boolean } from './settings/boolean.js';
import { enumeration } from './settings/enumeration.js';
import { integer } from './settings/integer.js';
import { key } from './settings/key.js';
import { list } from './settings/list.js';
import { port } from './settings/port.js';
import { string } from './settings/string.js';
import { urlList } from './settings/url-list.js';

const meaning = 'Something to decide.';

const settings = defineConfig({
  tcpPort: port({ variable: 'BOOMERANG_TCP_PORT', default: 9973, meaning }),
  leaseMs: integer({
    variable: 'BOOMERANG_LEASE_MS',
    default: 10_000,
    min: 1000,
    max: 60_000,
    unit: 'ms',
    meaning,
  }),
  replicas: integer({ variable: 'BOOMERANG_REPLICAS', min: 1, meaning }),
  ack: enumeration({
    variable: 'BOOMERANG_ACK',
    values: ['written', 'fsync', 'replicated'],
    default: 'written',
    meaning,
  }),
  redis: urlList({
    variable: 'BOOMERANG_REDIS_URL',
    schemes: ['redis', 'rediss'],
    default: ['redis://127.0.0.1:6379'],
    meaning,
  }),
  allow: list({ variable: 'BOOMERANG_CALLBACK_ALLOW', default: ['127.0.0.0/8'], meaning }),
  reflection: boolean({ variable: 'BOOMERANG_REFLECTION', default: true, meaning }),
  pepper: string({
    variable: 'BOOMERANG_KEY_PEPPER',
    required: true,
    minLength: 16,
    secret: true,
    meaning,
  }),
});

const pepper = 'sixteen characters or more';
const read = (env: Record<string, string>) => readConfig(settings, { BOOMERANG_KEY_PEPPER: pepper, ...env });

/** The problems that reading meets. */
function problems(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(settings, { BOOMERANG_KEY_PEPPER: pepper, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  test('gives the defaults where nothing is set', () => {
    expect(read({})).toEqual({
      tcpPort: 9973,
      leaseMs: 10_000,
      replicas: undefined,
      ack: 'written',
      redis: ['redis://127.0.0.1:6379'],
      allow: ['127.0.0.0/8'],
      reflection: true,
      pepper,
    });
  });

  test('infers the type of every value', () => {
    const config = read({});
    expectTypeOf(config.tcpPort).toEqualTypeOf<number>();
    expectTypeOf(config.replicas).toEqualTypeOf<number | undefined>();
    expectTypeOf(config.ack).toEqualTypeOf<'written' | 'fsync' | 'replicated'>();
    expectTypeOf(config.redis).toEqualTypeOf<readonly string[]>();
    expectTypeOf(config.reflection).toEqualTypeOf<boolean>();
    expectTypeOf(config.pepper).toEqualTypeOf<string>();
  });

  test('reads each kind', () => {
    const config = read({
      BOOMERANG_TCP_PORT: '0',
      BOOMERANG_LEASE_MS: '1000',
      BOOMERANG_REPLICAS: '2',
      BOOMERANG_ACK: 'fsync',
      BOOMERANG_REDIS_URL: 'redis://a:1, rediss://user:word@b:2/0',
      BOOMERANG_CALLBACK_ALLOW: '10.0.0.0/8, ::1/128',
      BOOMERANG_REFLECTION: 'false',
    });
    expect(config).toEqual({
      tcpPort: 0,
      leaseMs: 1000,
      replicas: 2,
      ack: 'fsync',
      redis: ['redis://a:1', 'rediss://user:word@b:2/0'],
      allow: ['10.0.0.0/8', '::1/128'],
      reflection: false,
      pepper,
    });
  });

  test('takes an empty text as unset, but for a list as none', () => {
    const config = read({ BOOMERANG_TCP_PORT: '', BOOMERANG_REDIS_URL: '', BOOMERANG_CALLBACK_ALLOW: '' });
    expect(config).toMatchObject({ tcpPort: 9973, redis: ['redis://127.0.0.1:6379'], allow: [] });
  });

  test.each([
    [
      'BOOMERANG_TCP_PORT',
      '65536',
      'BOOMERANG_TCP_PORT is "65536": expected a port from 0 (a free one) to 65535',
    ],
    [
      'BOOMERANG_TCP_PORT',
      '0x10',
      'BOOMERANG_TCP_PORT is "0x10": expected a port from 0 (a free one) to 65535',
    ],
    ['BOOMERANG_LEASE_MS', '999', 'BOOMERANG_LEASE_MS is "999": expected an integer from 1000 to 60000 (ms)'],
    ['BOOMERANG_LEASE_MS', '1e4', 'BOOMERANG_LEASE_MS is "1e4": expected an integer from 1000 to 60000 (ms)'],
    ['BOOMERANG_REPLICAS', '0', 'BOOMERANG_REPLICAS is "0": expected an integer of at least 1'],
    ['BOOMERANG_ACK', 'Written', 'BOOMERANG_ACK is "Written": expected one of written, fsync, replicated'],
    [
      'BOOMERANG_REDIS_URL',
      'redis://a:1,http://b',
      'BOOMERANG_REDIS_URL is "redis://a:1,http://b": expected one URL or several separated by commas, ' +
        'each redis:// or rediss://[user:password@]host:port[/database], user and password percent-encoded',
    ],
    [
      'BOOMERANG_CALLBACK_ALLOW',
      'a,,b',
      'BOOMERANG_CALLBACK_ALLOW is "a,,b": expected items separated by commas, or nothing for none',
    ],
    ['BOOMERANG_REFLECTION', 'yes\n', 'BOOMERANG_REFLECTION is "yes\\n": expected true or false'],
  ])('refuses %s=%s by one line with the value and what is allowed', (variable, value, line) => {
    expect(problems({ [variable]: value })).toEqual([line]);
  });

  test('never shows a secret', () => {
    expect(problems({ BOOMERANG_KEY_PEPPER: 'short' })).toEqual([
      'BOOMERANG_KEY_PEPPER is a secret of 5 characters: expected at least 16 characters',
    ]);
  });

  test('shows of a text what is not secret by its form', () => {
    expect(problems({ BOOMERANG_TCP_PORT: 'tcp://user:sesame@host' })[0]).toMatch(
      /^BOOMERANG_TCP_PORT is "tcp:\/\/\*\*\*@host": expected/,
    );
  });

  test.each([
    ['redis://user:sesame@', 'redis://***@'],
    ['redis://user:se/sa@me@host:1', 'redis://***@host:1'],
    ['redis://user:1#sesame@host:1', 'redis://***@host:1'],
    ['redis://user:1/sesame@host:1', 'redis://***@host:1'],
    ['redis://user:1?sesame@host:1', 'redis://***@host:1'],
    ['redis://user:ses%ame@host:1/2', 'redis://***@host:1/2'],
    ['redis://host:1/x@y', 'redis://***@y'],
    ['redis://user:sesame', 'redis://***'],
    ['redis://a:1,rediss://user:sesame@[::1]:port', 'redis://a:1,rediss://***@***'],
    ['http://user:sesame@host', 'http://***@host'],
  ])('shows nothing of %s that may be part of a password', (text, shown) => {
    expect(problems({ BOOMERANG_REDIS_URL: text })[0]).toMatch(`BOOMERANG_REDIS_URL is "${shown}": expected`);
  });

  test.each([
    'sesame',
    'user:sesame@host:1',
    '"redis://user:sesame@host:1"',
    'redis//user:sesame@host:1',
    'redis://user:1,sesame@host:1',
  ])('shows nothing of %s, which is no URL', (text) => {
    expect(problems({ BOOMERANG_REDIS_URL: text })[0]).toMatch(
      `BOOMERANG_REDIS_URL is a text of ${text.length} characters that may hold a password: expected`,
    );
  });

  test('takes a password with everything in it, percent-encoded', () => {
    const url = `redis://user:${encodeURIComponent('a/b@c:d?e#f,g%"h')}@host:1`;
    expect(read({ BOOMERANG_REDIS_URL: url }).redis).toEqual([url]);
  });

  test('names everything that is wrong at once, each on its line', () => {
    const env = { BOOMERANG_KEY_PEPPER: undefined, BOOMERANG_TCP_PORT: 'x', BOOMERANG_ACK: 'y' };
    expect(problems(env)).toHaveLength(3);
    expect(() => readConfig(settings, env)).toThrow(
      /^BOOMERANG_TCP_PORT.*\nBOOMERANG_ACK.*\nBOOMERANG_KEY_PEPPER/,
    );
  });
});

describe('describeConfig', () => {
  test('tells every setting in the order of declaration', () => {
    const described = describeConfig(settings);
    expect(described.map(({ variable }) => variable)).toEqual(
      Object.values(settings).map(({ variable }) => variable),
    );
    expect(described[1]).toEqual({
      variable: 'BOOMERANG_LEASE_MS',
      kind: 'integer',
      default: '10000',
      unit: 'ms',
      allowed: 'an integer from 1000 to 60000 (ms)',
      meaning,
      required: false,
      secret: false,
    });
    expect(described.at(-1)).toMatchObject({ default: undefined, required: true, secret: true });
  });
});

describe('a key', () => {
  const settings = defineConfig({
    masterKey: key({ variable: 'BOOMERANG_MASTER_KEY', bytes: 32, required: true, meaning: 'A key.' }),
  });
  const bytes = Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i));
  const readKey = (text: string) => readConfig(settings, { BOOMERANG_MASTER_KEY: text }).masterKey;

  test.each(['hex', 'base64', 'base64url'] as const)('is read from %s', (encoding) => {
    expect(readKey(bytes.toString(encoding))).toEqual(bytes);
  });

  test.each([
    bytes.subarray(1).toString('hex'),
    bytes.subarray(1).toString('base64'),
    `${bytes.toString('hex')}0`,
    'a passphrase of some length, 32 b',
    '*'.repeat(32),
  ])('is refused without being shown: %s', (text) => {
    expect(() => readKey(text)).toThrow(/expected 32 bytes in base64 or hexadecimal digits/);
    expect(() => readKey(text)).not.toThrow(text);
  });
});

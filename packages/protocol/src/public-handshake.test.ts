import { describe, expect, test } from 'vitest';
import { decodeEnvelope } from './decode-envelope.js';
import { encodeEnvelope } from './encode-frame.js';
import { MalformedEnvelopeError } from './malformed-envelope-error.js';

const KEY = `bmr_k1_${'s'.repeat(32)}`;
const hex = (text: string) => Buffer.from(text).toString('hex');
const field = (tag: string, text: string) =>
  `${tag}${Buffer.from([text.length]).toString('hex')}${hex(text)}`;

/** `{auth_handshake: {client_id, password}}` as the public schema writes it. */
function publicLogin(clientId: string, password: string): Buffer {
  const fields = [clientId && field('0a', clientId), password && field('12', password)].join('');
  return Buffer.from(`12${Buffer.from([fields.length / 2]).toString('hex')}${fields}`, 'hex');
}

describe('the handshake of the public schema', () => {
  test('is, byte by byte, a name and a password, and becomes one of ours', () => {
    const bytes = Buffer.from(`122f0a0473686f7012${'27'}${hex(KEY)}`, 'hex');
    expect(publicLogin('shop', KEY)).toEqual(bytes);
    expect(decodeEnvelope(bytes)).toMatchObject({
      payload: 'authHandshake',
      sessionId: '',
      authHandshake: { clientId: 'shop', authToken: KEY, defaultPolicy: true, callback: null },
    });
  });

  test.each([
    ['a name that begins like a token', 'eyJ.shop.eu', KEY],
    ['a key without a name', '', KEY],
    ['a password that is no key', 'shop', 'secret of the shop'],
    ['a password that could be a message', 'shop', 'a12345678'],
    ['a signed token as the password', 'shop', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
  ])('is recognised with %s', (_what, clientId, password) => {
    const bytes = publicLogin(clientId, password);
    expect(decodeEnvelope(bytes).authHandshake).toMatchObject({ clientId, defaultPolicy: true });
  });

  test('keeps what stands around it', () => {
    const around = Buffer.concat([
      Buffer.from('0a03732d31', 'hex'),
      publicLogin('shop', KEY),
      Buffer.from('800207', 'hex'),
    ]);
    expect(decodeEnvelope(around)).toMatchObject({
      sessionId: 's-1',
      requestId: 7,
      authHandshake: { clientId: 'shop' },
    });
    expect(() => decodeEnvelope(Buffer.concat([publicLogin('shop', KEY), Buffer.from([0x0f])]))).toThrow(
      MalformedEnvelopeError,
    );
  });
});

describe('a handshake of ours', () => {
  const callback = { protocol: 2, endpoint: 'http://127.0.0.1/cb' };
  test.each([
    ['a key', { authToken: KEY, callback }],
    ['a key alone', { authToken: KEY }],
    ['what is no key', { authToken: 'token-1', callback }],
    ['what is no key, alone', { authToken: 'token-1' }],
    ['nothing, beside a certificate', { callback }],
    ['a signed token', { authToken: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln', callback }],
    [
      'everything',
      { authToken: KEY, callback, retry: { maxAttempts: 3 }, dlq: { destination: 'd' }, clientId: 'shop' },
    ],
  ])('with %s stays as it is', (_what, authHandshake) => {
    const { authHandshake: read } = decodeEnvelope(encodeEnvelope({ authHandshake }));
    expect(read).toMatchObject(authHandshake);
    expect(read?.defaultPolicy).toBe(false);
  });

  test('that can not be read is told from other envelopes that can not', () => {
    const errorOf = (bytes: Buffer) => {
      try {
        return decodeEnvelope(bytes);
      } catch (error) {
        return error;
      }
    };
    const bent = Buffer.concat([
      Buffer.from('122b0a27', 'hex'),
      Buffer.from(KEY),
      Buffer.from([0x12, 0x01, 0x0f]),
    ]);
    expect(errorOf(bent)).toMatchObject({ code: 'MALFORMED_ENVELOPE', isHandshake: true });
    expect(errorOf(Buffer.from('120a0a', 'hex'))).toMatchObject({ isHandshake: true });
    expect(errorOf(Buffer.from('22020a05', 'hex'))).toMatchObject({ isHandshake: false });
  });
});

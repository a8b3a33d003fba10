import { seededRandom } from '@boomerang/testkit';
import { describe, expect, test } from 'vitest';
import { decodeEnvelope } from './decode-envelope.js';
import { encodeEnvelope } from './encode-frame.js';
import { FrameDecoder } from './frame-decoder.js';
import { FrameError } from './frame-error.js';
import { MalformedEnvelopeError } from './malformed-envelope-error.js';

const registration = encodeEnvelope({
  sessionId: 's-1',
  requestId: 300,
  registrationRequest: { payload: Buffer.from('ping'), delayMs: 1500, repeatIntervalMs: 60_000 },
});

describe('an envelope that is none', () => {
  const malformed: [string, Buffer][] = [
    ['20 kB of nested groups', Buffer.alloc(20_000, 0x3b)],
    [
      '20 kB of nested groups in a task',
      Buffer.concat([Buffer.from('22a09c01', 'hex'), Buffer.alloc(20_000, 0x3b)]),
    ],
    ['garbage behind a whole envelope', Buffer.concat([registration, Buffer.from([0x00])])],
    ['half a tag behind a whole envelope', Buffer.concat([registration, Buffer.from([0x80])])],
    ['field number 0', Buffer.from([0x00])],
    ['a group that ends without having begun', Buffer.from([0x3c])],
    ['a group that does not end', Buffer.from([0x3b])],
    ['wire type 7', Buffer.from([0x0f])],
    ['a length beyond the end', Buffer.from([0x0a, 0x7f, 0x41])],
    ['a length of 4 GiB', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['a message whose field reaches beyond it', Buffer.from([0x22, 0x02, 0x0a, 0x05, 1, 2, 3, 4, 5])],
    ['a varint of eleven bytes', Buffer.from([0x22, 0x0c, 0x10, ...new Array(10).fill(0xff), 0x01])],
    ['a session id that is not UTF-8', Buffer.from([0x0a, 0x02, 0xc3, 0x28])],
  ];

  test.each(malformed)('is refused: %s', (_, bytes) => {
    expect(() => decodeEnvelope(bytes)).toThrow(MalformedEnvelopeError);
  });

  test('is refused with a message that says what is wrong', () => {
    expect(() => decodeEnvelope(Buffer.from([0x0f]))).toThrow(
      expect.objectContaining({
        code: 'MALFORMED_ENVELOPE',
        message: '1 bytes are not a BoomerangEnvelope: invalid wire type 7 at offset 1',
      }),
    );
  });

  test('is what is left of one after any cut, unless the cut is between two fields', () => {
    const whole = new Set([0, 5, registration.length - 4]);
    for (let end = 0; end < registration.length; end++) {
      const decode = () => decodeEnvelope(registration.subarray(0, end));
      if (whole.has(end)) expect(decode).not.toThrow();
      else expect(decode, `cut at ${end}`).toThrow(MalformedEnvelopeError);
    }
  });
});

describe('what a newer peer may send', () => {
  test('unknown fields are passed over', () => {
    // A varint (field 1000), three bytes (1001) and a group (1002).
    const unknown = Buffer.from('c03e0aca3e03010203d33e0801d43e', 'hex');
    expect(decodeEnvelope(Buffer.concat([registration, unknown])).payload).toBe('registrationRequest');
  });

  test('an unknown enum value stays a number', () => {
    expect(decodeEnvelope(Buffer.from('7a0208' + '63', 'hex')).callbackResponse?.status).toBe(99);
  });
});

test('the payload is a view of the input', () => {
  const bytes = Buffer.from(registration);
  const envelope = decodeEnvelope(bytes);
  if (envelope.payload !== 'registrationRequest') throw new Error('not a registration');
  const { payload } = envelope.registrationRequest;
  expect(payload).toEqual(Buffer.from('ping'));
  bytes.fill(0);
  expect(payload).toEqual(Buffer.alloc(4));
});

test('a plain Uint8Array will do', () => {
  expect(decodeEnvelope(new Uint8Array(registration)).requestId).toBe(300);
});

test('50,000 hostile streams throw nothing but the two documented errors', () => {
  const random = seededRandom(9973);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const noise = () => Buffer.from(Array.from({ length: upTo(60) }, () => upTo(256)));
  const damaged = () => {
    const bytes = Buffer.from(registration);
    for (let flips = 1 + upTo(4); flips > 0; flips--) bytes[upTo(bytes.length)] = upTo(256);
    return bytes.subarray(0, random() < 0.5 ? bytes.length : upTo(bytes.length));
  };
  const seen = { frames: 0, decoded: 0, malformed: 0, tooLarge: 0 };
  for (let round = 0; round < 50_000; round++) {
    const body = random() < 0.5 ? noise() : damaged();
    const header = Buffer.alloc(4);
    header.writeUInt32BE(random() < 0.1 ? upTo(2 ** 32) : body.length);
    const stream = Buffer.concat(random() < 0.8 ? [header, body] : [body]);
    const middle = upTo(stream.length);
    const decoder = new FrameDecoder();
    try {
      for (const chunk of [stream.subarray(0, middle), stream.subarray(middle)]) {
        for (const frame of decoder.push(chunk)) {
          seen.frames++;
          decodeEnvelope(frame);
          seen.decoded++;
        }
      }
    } catch (error) {
      if (error instanceof MalformedEnvelopeError) seen.malformed++;
      else if (error instanceof FrameError) seen.tooLarge++;
      else throw error;
    }
  }
  // Every way was gone often enough to mean something.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1000);
});

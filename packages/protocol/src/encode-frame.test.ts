import { describe, expect, test } from 'vitest';
import { vectors } from '../test-support/vectors.js';
import { decodeEnvelope } from './decode-envelope.js';
import { encodeEnvelope, encodeExactFrame, encodeFrame } from './encode-frame.js';
import { FrameDecoder } from './frame-decoder.js';

const envelopes = vectors.filter(
  ({ message, name }) => message === 'boomerang.BoomerangEnvelope' && !name.includes('above 2^53'),
);

describe('an envelope', () => {
  test.each(envelopes)('is encoded bare, and framed: $name', ({ hex }) => {
    const envelope = decodeEnvelope(Buffer.from(hex, 'hex'));
    expect(encodeEnvelope(envelope).toString('hex')).toBe(hex);
    const length = (hex.length / 2).toString(16).padStart(8, '0');
    expect(encodeFrame(envelope).toString('hex')).toBe(length + hex);
    expect(encodeExactFrame(envelope).toString('hex')).toBe(length + hex);
  });

  test('without anything in it is a frame of length 0', () => {
    expect(encodeFrame({})).toEqual(Buffer.alloc(4));
    expect(encodeEnvelope({})).toEqual(Buffer.alloc(0));
  });

  test('with the largest payload goes there and back', () => {
    const payload = Buffer.alloc(1_048_576, 0xab);
    const [frame] = new FrameDecoder().push(
      encodeFrame({ sessionId: 's', registrationRequest: { payload } }),
    );
    const decoded = decodeEnvelope(frame ?? Buffer.alloc(0));
    expect(payload.equals(decoded.registrationRequest?.payload ?? Buffer.alloc(0))).toBe(true);
  });

  test('that was encoded is not changed by the next one', () => {
    const first = encodeFrame({ sessionId: 'first' });
    const copy = Buffer.from(first);
    for (let i = 0; i < 1000; i++) encodeFrame({ sessionId: `another ${i}` });
    expect(first).toEqual(copy);
  });
});

describe('a number that its field can not carry', () => {
  const limit = (value: unknown) => ({ listTasksRequest: { limit: value as number } });
  const delayMs = (value: unknown) => ({ registrationRequest: { delayMs: value as number } });
  const protocol = (value: unknown) => ({ authHandshake: { callback: { protocol: value as 0 } } });
  const requestId = (value: unknown) => ({ requestId: value as number });

  test.each([
    ...[2 ** 32 + 5, -1, 1.5, Number.NaN, '7'].map((value) => [value, limit(value)] as const),
    ...[2 ** 64, -1, 1.5, Number.POSITIVE_INFINITY].map((value) => [value, delayMs(value)] as const),
    ...[2 ** 31, 2 ** 32, 0.5, 'HTTP'].map((value) => [value, protocol(value)] as const),
    ...[2 ** 64, -1].map((value) => [value, requestId(value)] as const),
  ])('is refused and not cut: %s in %o', (value, envelope) => {
    expect(() => encodeExactFrame(envelope)).toThrow(RangeError);
    expect(() => encodeExactFrame(envelope)).toThrow(`${value} is none of the whole numbers from`);
  });

  test.each([limit(2 ** 32 - 1), delayMs(2 ** 63), protocol(-1), protocol(99), requestId(2 ** 53 - 1)])(
    'is not %o',
    (envelope) => {
      const frame = encodeExactFrame(envelope);
      expect(frame).toEqual(encodeFrame(envelope));
      expect(decodeEnvelope(frame.subarray(4))).toMatchObject(envelope);
    },
  );
});

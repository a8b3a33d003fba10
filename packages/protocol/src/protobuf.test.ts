import protobuf from 'protobufjs/minimal.js';
import { describe, expect, test } from 'vitest';
import { codecOf, toProtoJson, vectors } from '../test-support/vectors.js';
import { boomerang, google, spage } from './protobuf.js';

const namespaces = { boomerang, google, spage };
const aboveSafe = vectors.filter((vector) => vector.name === 'registration with a delay above 2^53');
const exact = vectors.filter((vector) => !aboveSafe.includes(vector));

describe('golden encodings', () => {
  test('cover every file of the contract', () => {
    expect(exact.length).toBeGreaterThanOrEqual(27);
    const packages = new Set(vectors.map(({ message }) => message.slice(0, message.lastIndexOf('.'))));
    expect([...packages].sort()).toEqual(['boomerang', 'spage.api', 'spage.core']);
  });

  test.each(exact)('$name', ({ message, hex, json }) => {
    const codec = codecOf(namespaces, message);
    const decoded = codec.decode(Buffer.from(hex, 'hex'));
    expect(toProtoJson(codec, decoded)).toEqual(json);
    expect(Buffer.from(codec.encode(decoded).finish()).toString('hex')).toBe(hex);
  });

  test.each(aboveSafe)('$name arrives as a number that is not a safe integer', ({ hex }) => {
    const envelope = boomerang.BoomerangEnvelope.decode(Buffer.from(hex, 'hex'));
    expect(envelope.registrationRequest?.delayMs).toBe(2 ** 64);
    expect(envelope.registrationRequest?.delayMs).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });
});

describe('64-bit fields', () => {
  test('are numbers, also where a field is absent: the configuration came before the generated module', () => {
    expect(protobuf.util.Long).toBeUndefined();
    expect(boomerang.Task.prototype.delayMs).toBe(0);
    expect(boomerang.Task.decode(Buffer.from('10dc0b', 'hex')).delayMs).toBe(1500);
  });

  test('are exact up to 2^53 - 1', () => {
    const bytes = boomerang.Task.encode({ delayMs: Number.MAX_SAFE_INTEGER }).finish();
    expect(boomerang.Task.decode(bytes).delayMs).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('oneof', () => {
  test('payload names the field that is set, and nothing if none is', () => {
    expect(boomerang.BoomerangEnvelope.decode(Buffer.from('4200', 'hex')).payload).toBe('sessionRefresh');
    expect(boomerang.BoomerangEnvelope.decode(Buffer.alloc(0)).payload).toBeUndefined();
    expect(boomerang.BoomerangEnvelope.create({ getTaskRequest: { taskId: 't' } }).payload).toBe(
      'getTaskRequest',
    );
  });

  test('the last of two fields wins', () => {
    const envelope = boomerang.BoomerangEnvelope.decode(Buffer.from('4200' + '32050a03742d31', 'hex'));
    expect(envelope.payload).toBe('cancellationRequest');
    expect(envelope.sessionRefresh ?? undefined).toBeUndefined();
  });
});

test("the project's own fields have the numbers that were allocated", () => {
  const hex = (message: boomerang.BoomerangEnvelope.$Properties) =>
    Buffer.from(boomerang.BoomerangEnvelope.encode(message).finish()).toString('hex');
  expect(hex({ requestId: 1 })).toBe('800201');
  expect(hex({ errorResponse: { status: 3, errorMessage: 'm', code: 'c' } })).toBe(
    '8a0208' + '0803' + '12016d' + '1a0163',
  );
  expect(hex({ cancellationResponse: { attemptUnderWay: true } })).toBe('3a03' + '800101');
  expect(hex({ callbackRequest: { clientId: 'c', occurrence: 1, attempt: 2, scheduledTimeMs: 3 } })).toBe(
    '720d' + '82010163' + '880101' + '900102' + '980103',
  );
  expect(hex({ getTaskResponse: { task: { state: 7, occurrence: 9 } } })).toBe(
    '9a0108' + '1a06' + '800107' + '880109',
  );
});

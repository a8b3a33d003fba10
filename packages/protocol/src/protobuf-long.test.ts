import { createRequire } from 'node:module';
import protobuf from 'protobufjs/minimal.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { codecOf, toProtoJson, vectors } from '../test-support/vectors.js';

/**
 * The contract itself holds for all of 64 bits. That is shown here with the generated module as the library has it
 * by default, where such fields are objects of `long`; the project runs it with numbers (see protobuf.test.ts).
 */
let namespaces: object;

beforeAll(async () => {
  const require = createRequire(createRequire(import.meta.url).resolve('protobufjs/minimal.js'));
  configure(require('long'));
  vi.resetModules();
  namespaces = await import('../generated/contract.js');
});

afterAll(() => configure(undefined));

function configure(long: unknown): void {
  (protobuf.util as { Long: unknown }).Long = long;
  protobuf.configure();
}

test.each(vectors)('$name, with every one of 64 bits', ({ message, hex, json }) => {
  const codec = codecOf(namespaces, message);
  const decoded = codec.decode(Buffer.from(hex, 'hex'));
  expect(toProtoJson(codec, decoded)).toEqual(json);
  expect(Buffer.from(codec.encode(decoded).finish()).toString('hex')).toBe(hex);
});

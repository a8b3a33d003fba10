import { expect, test } from 'vitest';
import { boomerang } from './protobuf.js';

/** A varint of any size as its bytes. */
function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, value); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
}
const listWithLimit = (limit: bigint, behind: number[] = []) =>
  boomerang.ListTasksRequest.decode(Uint8Array.from([5 * 8, ...varint(limit), ...behind]));
const statusOf = (status: bigint) =>
  boomerang.CallbackResponse.decode(Uint8Array.from([8, ...varint(status)])).status;

test.each([0n, 5n, 2n ** 31n, 2n ** 32n - 1n])('a 32-bit field holds %s', (limit) => {
  expect(listWithLimit(limit).limit).toBe(Number(limit));
});

test.each([2n ** 32n, 2n ** 32n + 5n, 2n ** 35n + 1n, 2n ** 63n + 7n, 2n ** 64n - 1n])(
  '%s is not taken for what its last 32 bits are',
  (limit) => {
    expect(listWithLimit(limit).limit).toBe(Number(limit));
    // With something behind it, and at the end of the bytes: the library reads the two in different ways.
    expect(listWithLimit(limit, [6 * 8 + 2, 1, 65])).toMatchObject({ limit: Number(limit), nextToken: 'A' });
  },
);

test('an enum keeps its sign and its size', () => {
  expect(statusOf(-1n)).toBe(-1);
  expect(statusOf(2n ** 31n - 1n)).toBe(2 ** 31 - 1);
  expect(statusOf(2n ** 32n + 1n)).toBe(2 ** 32 + 1);
  expect(statusOf(-(2n ** 40n))).toBe(-(2 ** 40));
});

test('a length beyond 32 bits is no length', () => {
  const bytes = Uint8Array.from([1 * 8 + 2, ...varint(2n ** 32n + 1n), 65]);
  expect(() => boomerang.ListTasksRequest.decode(bytes)).toThrow();
});

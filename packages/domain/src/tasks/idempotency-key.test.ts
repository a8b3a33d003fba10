import { expect, test } from 'vitest';
import { validateIdempotencyKey } from './idempotency-key.js';

const everyCharacter = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code)).filter(
  (character) => !/\p{Cc}/u.test(character),
);

test('takes every character but control characters, up to 128 bytes', () => {
  for (const character of everyCharacter) validateIdempotencyKey(character);
  for (const key of ['x'.repeat(128), 'é'.repeat(64), '🪃'.repeat(32), '\ufeff', '\ufffd', ' ', '\u2028']) {
    validateIdempotencyKey(key);
  }
});

test.each([
  ['x'.repeat(129), '129 bytes'],
  [`${'é'.repeat(64)}x`, '129 bytes'],
  ['🪃'.repeat(33), '132 bytes'],
  ['', '0 bytes'],
  ['order\n7', 'U+000A at position 5'],
  ['\0', 'U+0000 at position 0'],
  ['a\x7f', 'U+007F at position 1'],
  ['a\x9f', 'U+009F at position 1'],
  ['a\ud83e', 'U+D83E at position 1'],
  ['\udd16\ud83e', 'U+DD16 at position 0'],
])('refuses %j', (key, problem) => {
  expect(() => validateIdempotencyKey(key)).toThrow(
    `idempotencyKey: ${problem}; allowed: 1 to 128 bytes of UTF-8 without control characters`,
  );
});

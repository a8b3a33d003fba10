import { expect, test } from 'vitest';
import { StreamLimit } from './stream-limit.js';

test('a client has so many streams, whatever each shows; what is shown is counted before it is known whose it is', () => {
  const limit = new StreamLimit(2, 'BOOMERANG_MOST');
  const refusal = expect.objectContaining({
    code: 'exhausted',
    message: expect.stringContaining('BOOMERANG_MOST = 2'),
  });
  const leave = limit.of('shop');
  limit.of('shop');
  expect(() => limit.of('shop')).toThrow(refusal);
  limit.of('rival');
  leave();
  limit.of('shop');
  limit.showing('shop');
  limit.showing('shop');
  expect(() => limit.showing('shop')).toThrow(refusal);
});

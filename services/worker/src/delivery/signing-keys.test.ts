import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SigningKeys } from './signing-keys.js';

type Answer = readonly Uint8Array[] | Error | 'never';

const key = (byte: number) => Buffer.alloc(32, byte);

function signingKeys(...answers: Answer[]) {
  let asked = 0;
  const failures: unknown[] = [];
  const secrets = {
    keysOf: () => {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (answer === 'never') return new Promise<never>(() => undefined);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? []);
    },
  };
  const log = { signingKeysUnknown: (_client: string, error: unknown) => void failures.push(error) };
  return { keys: new SigningKeys(secrets, log), asked: () => asked, failures };
}

beforeEach(() => vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

test('Redis is asked once, however many attempts begin at once, and for ten seconds no more', async () => {
  const { keys, asked } = signingKeys([key(1)]);
  const answers = await Promise.all([keys.of('shop'), keys.of('shop'), keys.of('shop')]);
  expect(answers).toEqual([[key(1)], [key(1)], [key(1)]]);
  vi.advanceTimersByTime(9_999);
  expect(keys.of('shop')).toEqual([key(1)]);
  expect(asked()).toBe(1);
});

test('"no secrets" is known like any other answer', async () => {
  const { keys, asked } = signingKeys([]);
  expect(await keys.of('shop')).toEqual([]);
  expect(keys.of('shop')).toEqual([]);
  expect(asked()).toBe(1);
});

test('after ten seconds they are loaded again while the known ones sign', async () => {
  const { keys } = signingKeys([key(1)], [key(2), key(1)]);
  await keys.of('shop');
  vi.advanceTimersByTime(10_001);
  expect(keys.of('shop')).toEqual([key(1)]);
  await vi.waitFor(() => expect(keys.of('shop')).toEqual([key(2), key(1)]));
});

test('after twenty seconds what is new is waited for', async () => {
  const { keys } = signingKeys([key(1)], [key(2)]);
  await keys.of('shop');
  vi.advanceTimersByTime(20_001);
  expect(await keys.of('shop')).toEqual([key(2)]);
});

test('while Redis fails, what is known goes on signing, and it is asked again after a second', async () => {
  const { keys, asked, failures } = signingKeys([key(1)], new Error('gone'), new Error('gone'), [key(2)]);
  await keys.of('shop');
  vi.advanceTimersByTime(60_000);
  expect(await keys.of('shop')).toEqual([key(1)]);
  expect(await keys.of('shop')).toEqual([key(1)]);
  expect(asked()).toBe(2);
  expect(failures).toEqual([new Error('gone')]);
  for (const known of [key(1), key(1), key(2)]) {
    await vi.advanceTimersByTimeAsync(1_001);
    expect(keys.of('shop')).toEqual([known]);
  }
  expect(asked()).toBe(4);
});

test('what was never known is not taken for "none"; the next attempt asks again', async () => {
  const { keys, failures } = signingKeys(new Error('gone'), [key(1)]);
  expect(await keys.of('shop')).toBeUndefined();
  expect(failures).toHaveLength(1);
  expect(await keys.of('shop')).toEqual([key(1)]);
});

test('an answer that does not come is given up', async () => {
  const { keys, failures } = signingKeys('never');
  const answer = keys.of('shop');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await answer).toBeUndefined();
  expect(failures).toEqual([new Error('no answer from Redis in time')]);
});

test('memory is bounded: the clients that were loaded longest ago are forgotten', async () => {
  const { keys, asked } = signingKeys([key(1)]);
  for (let i = 0; i <= 10_000; i++) await keys.of(`client-${i}`);
  expect(asked()).toBe(10_001);
  await keys.of('client-10000');
  expect(asked()).toBe(10_001);
  await keys.of('client-0');
  expect(asked()).toBe(10_002);
});

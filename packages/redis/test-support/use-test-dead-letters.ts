import {
  type DeadLetter,
  type DeadLetterCursor,
  type DeadLetterFilter,
  type DeadLetterPosition,
  type ErrorClass,
  parseDeadLetterId,
} from '@boomerang/domain';
import { expect } from 'vitest';
import { aPolicy, aTask, failAll } from './test-engine.js';
import { useTestEngine } from './use-test-engine.js';

export const ANY: DeadLetterFilter = { bucket: '', afterMs: 0, beforeMs: 0, errorClass: undefined };
export const OWN = { callback: undefined, evenNotForwarded: false, startMs: 0 };

interface LetterOptions {
  readonly payload?: string;
  readonly destination?: string;
  readonly errorClass?: ErrorClass;
  readonly clientId?: string;
}

export const idOf = ({ id }: DeadLetter) => parseDeadLetterId(id) as DeadLetterPosition;
export const payloads = (letters: readonly DeadLetter[]) =>
  letters.map(({ payload }) => Buffer.from(payload).toString());

/** An engine of three partitions for the tests of a file, and what makes and finds its dead letters. */
export function useTestDeadLetters() {
  const engine = useTestEngine({ partitions: 3 });

  /** Makes one dead letter; its task's id. */
  async function aLetter({
    payload = 'x',
    destination = 'lost',
    errorClass,
    clientId = 'shop',
  }: LetterOptions = {}) {
    const policy = { ...aPolicy(), dlq: { destination } };
    const { taskId } = await engine.tasks.register(clientId, policy, aTask({ payload }));
    await failAll(engine, errorClass);
    return taskId;
  }

  async function all(filter = ANY, clientId = 'shop', limit = 1_000): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for (let after: DeadLetterCursor | undefined; ; ) {
      const page = await engine.deadLetters.list(clientId, filter, limit, true, after);
      expect(page.letters.length).toBeLessThanOrEqual(limit);
      letters.push(...page.letters);
      if (!page.next) return letters;
      after = page.next;
    }
  }

  const only = async () => {
    const [letter, ...others] = await all();
    expect(others).toEqual([]);
    return letter as DeadLetter;
  };
  const dlqKeys = async () => (await engine.redis.keys('*d:*')).concat(await engine.redis.keys('*dlq'));
  const entriesLeft = async () =>
    (await Promise.all((await dlqKeys()).map((key) => engine.redis.xlen(key)))).reduce((a, b) => a + b, 0);

  return { engine, aLetter, all, only, dlqKeys, entriesLeft };
}

import { aPolicy, aTask, claimOne, failure, type TestEngine } from './test-engine.js';

/** Registers a task, fails it for good, and answers its id. */
export async function deadLetter(engine: TestEngine, destination: string, payload = 'x'): Promise<string> {
  const policy = { ...aPolicy(), dlq: { destination } };
  const { taskId } = await engine.tasks.register('shop', policy, aTask({ payload }));
  const settlement = { kind: 'dead_letter', failure: failure(1) } as const;
  await engine.occurrences.settle(0, [{ occurrence: await claimOne(engine), settlement }]);
  return taskId;
}

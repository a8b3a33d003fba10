import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startTestEngine, type TestEngine } from './test-engine.js';

/** An engine for the tests of a file, on a Redis of its own, which is empty again before each test. */
export function useTestEngine(options: Parameters<typeof startTestEngine>[0] = {}): TestEngine {
  const engine = {} as TestEngine;
  beforeAll(async () => {
    Object.assign(engine, await startTestEngine(options));
  });
  beforeEach(() => engine.reset());
  afterAll(() => engine.stop());
  return engine;
}

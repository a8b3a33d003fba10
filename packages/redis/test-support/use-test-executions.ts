import { type ExecutionReport, type OfferedExecution, validateSubmission } from '@boomerang/domain';
import { afterAll, beforeAll, expect } from 'vitest';
import { openSubscription } from '../src/connection/open-subscription.js';
import type { Subscription } from '../src/connection/subscription.js';
import { createAssignmentStore } from '../src/executions/assignment-store.js';
import { createExecutionListener, type ExecutionListener } from '../src/executions/execution-listener.js';
import { createExecutionStore } from '../src/executions/execution-store.js';
import { SETTINGS } from './test-engine.js';
import { useTestEngine } from './use-test-engine.js';

export const daemon = { clientId: 'shop', daemonId: 'd1' };

export function report(changes: Partial<ExecutionReport> = {}): ExecutionReport {
  const good = {
    succeeded: true,
    timedOut: false,
    exitCode: 0,
    output: '',
    error: '',
    durationMs: 5,
    result: {},
  };
  return { ...good, ...changes };
}

/** The stores of executions on two partitions, for the tests of a file; what is due becomes ready when something is offered. */
export function useTestExecutions() {
  const engine = useTestEngine({ partitions: 2 });
  const tasks = () => createExecutionStore(engine.run, engine.map, SETTINGS);
  let listener: ExecutionListener;
  let subscription: Subscription;
  beforeAll(async () => {
    const { connection } = engine.engine;
    subscription = await openSubscription({ url: engine.server.url, connection, name: 'executions' });
    listener = await createExecutionListener(subscription, engine.partitions);
  });
  afterAll(() => subscription.close());
  const assignments = () => createAssignmentStore(engine.run, engine.map, listener, SETTINGS);

  const submit = (metadata: Record<string, string> = {}, changes = {}, clientId = 'shop') => {
    const content = { payload: { playbook: 'main.yml' }, metadata, ...changes };
    const request = { name: '', type: 'playbook', priority: 'normal', ...content } as const;
    return tasks().submit(clientId, validateSubmission(request));
  };

  /** What a drainer does: what is due becomes ready. */
  async function drain(): Promise<void> {
    for (const partition of [0, 1]) await engine.occurrences.claim(partition, 100, 10);
  }

  async function offered(to = daemon, limit = 10, types = ['*']): Promise<OfferedExecution[]> {
    await drain();
    return assignments().offer(to, types, limit);
  }

  async function started(to = daemon): Promise<OfferedExecution> {
    const [execution] = (await offered(to)) as [OfferedExecution];
    expect(await assignments().accept(to, execution)).toBe('taken');
    return execution;
  }

  return { engine, tasks, assignments, listener: () => listener, submit, drain, offered, started };
}

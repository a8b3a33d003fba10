import { expect, test } from 'vitest';
import { daemon, useTestExecutions } from '../../test-support/use-test-executions.js';
import { createDaemonRegistry } from './daemon-registry.js';

const { engine, tasks, listener, submit, drain, started } = useTestExecutions();

test('a task that is ready tells what it waits for: a daemon, or room at one', async () => {
  const registry = createDaemonRegistry(engine.run, engine.map, listener());
  const reasonOf = async (taskId: string) => (await tasks().get('shop', taskId))?.waitingFor;
  const { taskId } = await submit();
  expect(await reasonOf(taskId)).toBe('');
  await drain();
  expect(await reasonOf(taskId)).toBe('no daemon for type playbook');
  const hello = {
    ...daemon,
    instanceId: 'i1',
    version: '1.1',
    types: ['*'],
    slots: 1,
    labels: { rack: '7' },
  };
  await registry.enter(hello, 's1');
  expect(await reasonOf(taskId)).toBe('');
  await started();
  const { taskId: second } = await submit();
  await drain();
  expect(await reasonOf(second)).toBe('1 daemon for type playbook, all full');
  expect(await registry.list('shop')).toMatchObject([{ held: 1, labels: { rack: '7' }, draining: false }]);
  await registry.keep(daemon, 's1', true);
  expect(await reasonOf(second)).toBe('1 daemon for type playbook, all draining');
  await registry.leave(daemon, 's1');
  expect(await reasonOf(second)).toBe('no daemon for type playbook');
});

test('an occurrence of a recurring task that waits for a daemon says so', async () => {
  const { taskId } = await submit({ repeat_interval_ms: '60000' });
  await drain();
  expect(await tasks().get('shop', taskId)).toMatchObject({
    state: 'ready',
    waitingFor: 'no daemon for type playbook',
  });
});

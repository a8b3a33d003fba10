import { spage } from '@boomerang/protocol';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hello, SpageClient } from '../../services/gateway/test-support/spage-client.js';
import { work } from './support/work.js';

const { TaskState, TaskStatus } = spage.core;
const LINKS = process.env.BOOMERANG_CHAOS === 'all' ? 1_000 : 30;

let stack: TestStack;
const clients: SpageClient[] = [];
beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2, scheduler: 2, worker: 2 } });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await stack.stop();
});

function connect(gateway: number): SpageClient {
  const client = new SpageClient(stack.grpcPorts[gateway] as number, stack.token);
  clients.push(client);
  return client;
}

/** A daemon of one type, connected to a gateway. */
function daemon(gateway: number, id: string, type: string, begun: Map<string, number>, forMs: number) {
  const stream = connect(gateway).stream();
  stream.send('daemon.hello', hello({ daemon_id: id, types: type, slots: '8' }));
  return work(stream, begun, forMs);
}

const task = (type: string, taskId: string, dependsOn: string) => ({
  taskId,
  type,
  metadata: { depends_on: dependsOn, lease_ms: '1000', retry_interval_ms: '100' },
});
const stateOf = async (taskId: string) => (await connect(0).call('getTaskStatus', { taskId })).task?.state;

test('a diamond over two daemons, of whose gateways one is killed in its middle, and a scheduler with it', async () => {
  const begun = new Map<string, number>();
  const stops = [daemon(0, 'one', 'diamond', begun, 300), daemon(1, 'two', 'diamond', begun, 300)];
  const tasks = [
    task('diamond', 'top', ''),
    ...['left', 'right', 'behind'].map((name) => task('diamond', name, 'top')),
    task('diamond', 'bottom', 'left,right,behind'),
  ];
  const { results } = await connect(1).call('submitTasks', { tasks });
  expect(results?.map(({ success }) => success)).toEqual(tasks.map(() => true));
  expect(await stateOf('bottom')).toBe(TaskState.TASK_STATE_WAITING);
  await expect.poll(() => begun.size, { timeout: 10_000, interval: 10 }).toBeGreaterThanOrEqual(2);
  await Promise.all([
    stack.processes.gateway[1]?.kill('SIGKILL'),
    stack.processes.scheduler[0]?.kill('SIGKILL'),
  ]);
  await expect.poll(() => stateOf('bottom'), { timeout: 20_000 }).toBe(TaskState.TASK_STATE_COMPLETED);
  for (const stop of stops) stop();
  expect([...begun.keys()].at(0)).toBe('top');
  expect([...begun.keys()].at(-1)).toBe('bottom');
  expect(begun.get('bottom')).toBe(1);
  await Promise.all([stack.processes.gateway[1]?.restart(), stack.processes.scheduler[0]?.restart()]);
});

test(`a chain of ${LINKS}, a gateway and a worker killed on the way, is executed in its order`, {
  timeout: 60_000 + LINKS * 500,
}, async () => {
  const begun = new Map<string, number>();
  const stops = [daemon(0, 'three', 'chain', begun, 5), daemon(1, 'four', 'chain', begun, 5)];
  const names = Array.from({ length: LINKS }, (_, n) => `link-${n}`);
  const tasks = names.map((name, n) => task('chain', name, n === 0 ? '' : `link-${n - 1}`));
  const { results } = await connect(0).call('submitTasks', { tasks });
  expect(results?.filter(({ success }) => success)).toHaveLength(LINKS);
  const kill = async (at: number, service: { kill(signal: 'SIGKILL'): Promise<void> } | undefined) => {
    await expect.poll(() => begun.size, { timeout: LINKS * 500, interval: 5 }).toBeGreaterThanOrEqual(at);
    await service?.kill('SIGKILL');
  };
  await kill(Math.floor(LINKS / 3), stack.processes.gateway[1]);
  await kill(Math.floor(LINKS / 2), stack.processes.worker[0]);
  const completed = async () =>
    (await connect(0).call('listTasks', { status: 'completed', type: 'chain', limit: 1 })).total;
  await expect.poll(completed, { timeout: 30_000 + LINKS * 400, interval: 100 }).toBe(LINKS);
  for (const stop of stops) stop();
  expect([...begun.keys()]).toEqual(names);
  const { task: last } = await connect(0).call('getTaskStatus', { taskId: names.at(-1) ?? '' });
  expect(last?.status).toBe(TaskStatus.TASK_STATUS_COMPLETED);
});

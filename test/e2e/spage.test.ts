import { spage } from '@boomerang/protocol';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hello, SpageClient } from '../../services/gateway/test-support/spage-client.js';
import { work } from './support/work.js';

const { TaskStatus } = spage.core;
const TASKS = 40;

let stack: TestStack;
const clients: SpageClient[] = [];
beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2, scheduler: 2, worker: 2 } });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await stack.stop();
});

function connect(gateway = 0): SpageClient {
  const client = new SpageClient(stack.grpcPorts[gateway] as number, stack.token);
  clients.push(client);
  return client;
}
const task = (taskId: string, metadata: Record<string, string> = {}) => ({
  taskId,
  type: 'playbook',
  payload: { playbook: 'main.yml' },
  metadata,
});
const statusOf = async (taskId: string, gateway = 0) =>
  (await connect(gateway).call('getTaskStatus', { taskId })).task?.status;

test('a task goes from its submission to a daemon at its time, through real services', async () => {
  const stream = connect(1).stream();
  stream.send('daemon.hello', hello());
  const submittedAt = Date.now();
  await connect(0).call('submitTask', task('in-time', { delay_ms: '700' }));
  const { data } = await stream.next('task.assigned');
  expect(Date.now() - submittedAt).toBeGreaterThanOrEqual(700);
  expect(data).toMatchObject({ task_id: 'in-time', 'payload.playbook': 'main.yml' });
  stream.send('task.accepted', { token: data.token ?? '' });
  stream.send('task.completed', { token: data.token ?? '', exit_code: '0' });
  await expect.poll(() => statusOf('in-time', 1), { timeout: 5_000 }).toBe(TaskStatus.TASK_STATUS_COMPLETED);
  stream.end();
});

test('gateways and workers are killed while two daemons work: no task is lost, and only what was cut off runs again', async () => {
  const begun = new Map<string, number>();
  const stops: (() => void)[] = [];
  const open = (gateway: number, daemonId: string) => {
    const stream = connect(gateway).stream();
    stream.send('daemon.hello', hello({ daemon_id: daemonId, slots: '8' }));
    stops.push(work(stream, begun, 100));
    return stream;
  };
  open(0, 'steady');
  open(1, 'cut-off');
  const names = Array.from({ length: TASKS }, (_, i) => `survivor-${i}`);
  for (const [i, name] of names.entries()) {
    const submission = task(name, { delay_ms: String(i * 50), lease_ms: '1000' });
    await connect(0).call('submitTask', { ...submission, type: 'survivor' });
  }
  await stack.processes.gateway[1]?.kill('SIGKILL');
  await stack.processes.worker[0]?.kill('SIGKILL');
  const ended = async () =>
    (await connect(0).call('listTasks', { status: 'completed', type: 'survivor' })).total ?? 0;
  await expect.poll(ended, { timeout: 30_000, interval: 200 }).toBe(TASKS);
  for (const stop of stops) stop();
  for (const name of names) expect(await statusOf(name), name).toBe(TaskStatus.TASK_STATUS_COMPLETED);
  const again = [...begun.values()].filter((times) => times > 1).length;
  // What the gateway that was killed had assigned runs again when its lease is over, and nothing else does.
  expect(again).toBeLessThanOrEqual(8);
  expect(names.every((name) => begun.has(name))).toBe(true);
});

test('GetMetrics tells every sample that Prometheus reads, with the same value', async () => {
  const read = async () => {
    const page = await (await fetch(`http://127.0.0.1:${stack.httpPorts.gateway[0]}/metrics`)).text();
    const lines = page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]),
    );
  };
  // So that the first call of each kind has been counted.
  await connect(0).call('getMetrics', {});
  const before = await read();
  const { counters, gauges, histograms } = await connect(0).call('getMetrics', {});
  const after = await read();
  const told = new Map(Object.entries({ ...counters, ...gauges, ...histograms }));
  expect([...told.keys()].sort()).toEqual([...after.keys()].sort());
  const still = [...before].filter(([name, value]) => after.get(name) === value);
  expect(still.filter(([name]) => name.startsWith('boomerang_')).length).toBeGreaterThan(20);
  expect(still.filter(([name, value]) => told.get(name) !== Number(value))).toEqual([]);
});

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spage } from '@boomerang/protocol';
import {
  createDaemonProcess,
  type DaemonProcess,
  playbookFolder,
  startStack,
  type TestStack,
} from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SpageClient } from '../../services/gateway/test-support/spage-client.js';

const { TaskStatus } = spage.core;
const COMPLETED = TaskStatus.TASK_STATUS_COMPLETED;
const LONG = { timeout: 30_000, interval: 50 };

let stack: TestStack;
let client: SpageClient;
const notes = mkdtempSync(join(tmpdir(), 'notes-'));
const daemons: DaemonProcess[] = [];

/** Notes its begin and its end, so that a test sees how many ran, and whether two did at one time. */
const noted = (middle: string) =>
  `echo "begin $$" >> ${notes}/$task; ${middle}; echo "end $$" >> ${notes}/$task`;
const playbooks = playbookFolder({
  'main.yml': [
    ['first', noted('true')],
    ['second', 'echo "hello $name"'],
  ],
  'long.yml': [['wait', noted('for i in $(seq 40); do echo $i; sleep 0.1; done')]],
  'endless.yml': [['wait', `echo $$ > ${notes}/$task; sleep 300 & echo $! >> ${notes}/$task; wait`]],
  'bad.yml': [['fails', `${noted('true')}; exit 3`]],
});

beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2 } });
  client = new SpageClient(stack.grpcPorts[0] as number, stack.token);
});
afterAll(async () => {
  client.close();
  await stack.stop();
  for (const folder of [notes, playbooks]) rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon.stop();
});

async function startDaemon(id: string, env: Record<string, string> = {}): Promise<DaemonProcess> {
  const daemon = createDaemonProcess(playbooks, { api: stack.grpcPorts, key: stack.token, id, env });
  daemons.push(daemon);
  await daemon.start();
  return daemon;
}
async function submit(taskId: string, playbook: string, metadata: Record<string, string> = {}) {
  const payload = { playbook, 'variables.task': taskId, 'variables.name': 'you' };
  const { error } = await client.call('submitTask', { taskId, type: 'playbook', payload, metadata });
  expect(error?.message).toBeUndefined();
}
const taskOf = async (taskId: string) => (await client.call('getTaskStatus', { taskId })).task;
const statusOf = async (taskId: string) => (await taskOf(taskId))?.status;
const notesOf = (taskId: string) =>
  existsSync(join(notes, taskId)) ? readFileSync(join(notes, taskId), 'utf8').trim().split('\n') : [];
const begins = (taskId: string) => notesOf(taskId).filter((line) => line.startsWith('begin')).length;
const isAlive = (pid: number) => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('a submitted playbook is run by an engine, followed, and its outcome told', async () => {
  await startDaemon('plain');
  await submit('plain', 'main.yml');
  await expect.poll(() => statusOf('plain'), LONG).toBe(COMPLETED);
  const task = await taskOf('plain');
  expect(task?.progress).toBe(100);
  expect(task?.result).toMatchObject({ output: 'hello you\n', steps_done: '2', exit_code: '0' });
  expect(begins('plain')).toBe(1);
  await submit('missing', 'no-such.yml', { max_attempts: '1' });
  await expect.poll(() => statusOf('missing'), LONG).toBe(TaskStatus.TASK_STATUS_FAILED);
  expect((await taskOf('missing'))?.error).toContain('playbook: "no-such.yml" is not there');
  await submit('bad', 'bad.yml', { max_attempts: '2', retry_interval_ms: '100' });
  await expect.poll(() => statusOf('bad'), LONG).toBe(TaskStatus.TASK_STATUS_FAILED);
  expect((await taskOf('bad'))?.error).toContain('fails: the command failed');
  expect(begins('bad')).toBe(2);
});

test('a task that is cancelled while it runs leaves no process behind', async () => {
  await startDaemon('cancels');
  await submit('cancelled', 'endless.yml');
  await expect.poll(() => notesOf('cancelled').length, LONG).toBe(2);
  await client.call('cancelTask', { taskId: 'cancelled', reason: 'enough' });
  await expect.poll(() => statusOf('cancelled'), LONG).toBe(TaskStatus.TASK_STATUS_CANCELED);
  expect(notesOf('cancelled').map(Number).filter(isAlive)).toEqual([]);
});

test('a daemon that is killed and started again finds its engine, and reports it once', async () => {
  const daemon = await startDaemon('killed', { BOOMERANG_DAEMON_SLOTS: '1' });
  await submit('survives', 'long.yml', { lease_ms: '10000' });
  await expect.poll(() => begins('survives'), LONG).toBe(1);
  await daemon.kill();
  await daemon.start();
  expect(daemon.logs()).toContain('a run of an earlier daemon was found again');
  await expect.poll(() => statusOf('survives'), LONG).toBe(COMPLETED);
  expect(begins('survives')).toBe(1);
  expect((await taskOf('survives'))?.result).toMatchObject({
    steps_seen: '1',
    steps_done: '1',
    exit_code: '0',
  });
});

test('a daemon that is stopped for three leases leaves no engine beside that of another', async () => {
  const stopped = await startDaemon('stopped', { BOOMERANG_DAEMON_SLOTS: '1' });
  await submit('fenced', 'long.yml', { lease_ms: '1000', max_attempts: '3' });
  await expect.poll(() => begins('fenced'), LONG).toBe(1);
  await startDaemon('other', { BOOMERANG_DAEMON_SLOTS: '1' });
  await stopped.kill('SIGSTOP');
  const stoppedAt = performance.now();
  let most = 0;
  const look = setInterval(() => {
    const pids = notesOf('fenced')
      .filter((line) => line.startsWith('begin'))
      .map((line) => Number(line.slice(6)));
    most = Math.max(most, pids.filter(isAlive).length);
  }, 10);
  await expect.poll(() => begins('fenced'), LONG).toBe(2);
  await sleep(Math.max(0, stoppedAt + 3_500 - performance.now()));
  await stopped.kill('SIGCONT');
  await expect.poll(() => statusOf('fenced'), LONG).toBe(COMPLETED);
  clearInterval(look);
  expect(most).toBe(1);
  expect(begins('fenced')).toBe(2);
});

test('while the API is away an engine goes on, and what there is to report is told when it is back', async () => {
  await startDaemon('offline', { BOOMERANG_DAEMON_SLOTS: '1' });
  await submit('offline', 'long.yml', { lease_ms: '60000' });
  await expect.poll(() => begins('offline'), LONG).toBe(1);
  for (const gateway of stack.processes.gateway) await gateway.kill();
  await expect.poll(() => notesOf('offline').length, LONG).toBe(2);
  for (const gateway of stack.processes.gateway) await gateway.restart();
  await expect.poll(() => statusOf('offline').catch(() => undefined), LONG).toBe(COMPLETED);
  expect(begins('offline')).toBe(1);
  expect((await taskOf('offline'))?.result?.output).toContain('40\n');
});

test('a daemon that is asked to end hands back what runs too long, uncounted', async () => {
  const daemon = await startDaemon('drains', { BOOMERANG_DAEMON_SLOTS: '1', BOOMERANG_DRAIN_MS: '16000' });
  await submit('handed-back', 'endless.yml', { max_attempts: '1' });
  await expect.poll(() => notesOf('handed-back').length, LONG).toBe(2);
  await daemon.kill('SIGTERM');
  await expect.poll(() => statusOf('handed-back'), LONG).toBe(TaskStatus.TASK_STATUS_PENDING);
  expect(notesOf('handed-back').map(Number).filter(isAlive)).toEqual([]);
});

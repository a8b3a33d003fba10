import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeadLetterInfo, Session } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Arrivals, http, receiveCallbacks, sessionOn } from './support/arrivals.js';

const CLI = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url));

let stack: TestStack;
let arrivals: Arrivals;
let elsewhere: Arrivals;
let session: Session;
/** Whether the receiver takes what it is called with. */
let mended = false;
beforeAll(async () => {
  stack = await startStack();
  arrivals = await receiveCallbacks(stack.redis.redis, () =>
    mended ? undefined : { error: 'out of order' },
  );
  elsewhere = await receiveCallbacks(stack.redis.redis);
  const retry = { maxAttempts: 2, strategy: 'FIXED', intervalMs: 20 } as const;
  session = await sessionOn(stack, { callback: http(arrivals), retry, dlq: { destination: 'orders' } });
});
afterAll(async () => {
  await arrivals?.close();
  await elsewhere?.close();
  await stack?.stop();
});
beforeEach(async () => {
  mended = false;
  await session.deadLetters.purge({ filter: {}, limit: 1_000 });
});

/** Runs `boomerang client dlq …` as a process of its own; never rejects. */
function dlq(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return runCli(stack.token, args);
}

function runCli(token: string, args: readonly string[]) {
  const env = {
    ...process.env,
    BOOMERANG_GATEWAY: `tcp://127.0.0.1:${stack.tcpPorts[0]}`,
    BOOMERANG_TOKEN: token,
  };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [CLI, 'client', 'dlq', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
    );
  });
}

const json = (stdout: string) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Registers tasks that fail, and waits until they are dead letters. */
async function fail(...payloads: string[]): Promise<DeadLetterInfo[]> {
  const taskIds = new Set<string>();
  for (const payload of payloads) taskIds.add((await session.setTimeout(payload, 0)).taskId);
  return waitForLetters((letter) => taskIds.has(letter.taskId), payloads.length);
}

function waitForLetters(wanted: (letter: DeadLetterInfo) => boolean, count: number) {
  const found = async () => {
    const letters = (await session.deadLetters.list({ limit: 1_000 })).deadLetters.filter(wanted);
    return letters.length === count && letters;
  };
  return waitFor(found, { timeoutMs: 30_000, message: `${count} dead letters` });
}

describe('over TCP', () => {
  test('a replay is delivered once the receiver is mended, and both sides tell of each other', async () => {
    const [letter] = await fail('order 1');
    const id = letter?.deadLetterId ?? '';
    mended = true;
    const { replayed } = await session.deadLetters.replay({ ids: [id] });
    const taskId = replayed[0]?.taskId ?? '';
    const [arrival] = await arrivals.waitFor(1, taskId);
    expect(arrival).toMatchObject({ text: 'order 1', attempt: 1, occurrence: 1 });
    await waitFor(async () => (await session.get(taskId)).state === 'delivered', { message: 'its end' });
    expect(await session.get(taskId)).toMatchObject({ replayOf: id });
    await expect(session.deadLetters.get(id)).rejects.toThrow(`it was replayed as task ${taskId}`);
    expect(arrivals.of(taskId)).toHaveLength(1);
  });

  test('a replay that fails again is a dead letter that names the one before', async () => {
    const [first] = await fail('stubborn');
    const id = first?.deadLetterId ?? '';
    await session.deadLetters.replay({ ids: [id] });
    const [second] = await waitForLetters(({ replayOf }) => replayOf === id, 1);
    expect(second).toMatchObject({ bucket: 'orders', attempts: 2, errorClass: 'rejected' });
    expect(second?.history.map(({ error }) => error)).toEqual(
      Array(2).fill('the receiver answered ERROR: out of order'),
    );
  });

  test('the scheduler counts them', async () => {
    await fail('a', 'b');
    const metrics = async () => {
      const response = await fetch(`http://127.0.0.1:${stack.httpPorts.scheduler[0]}/metrics`);
      return response.text();
    };
    const sum = async () => {
      const lines = (await metrics()).matchAll(/^boomerang_scheduler_dead_letters\{[^}]*\} (\d+)$/gm);
      return [...lines].reduce((total, [, count]) => total + Number(count), 0);
    };
    await waitFor(async () => (await sum()) === 2, {
      timeoutMs: 30_000,
      message: 'two dead letters counted',
    });
    expect(await metrics()).toMatch(/^boomerang_scheduler_oldest_dead_letter_seconds\{[^}]*\} [\d.]+$/m);
  });
});

describe('on the command line', () => {
  test('list prints a table, or JSON that a filter narrows', async () => {
    const [a] = await fail('a');
    const { stdout, code } = await dlq('list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ID +TIME +BUCKET +ERROR +ATTEMPTS +TASK +BYTES +LAST FAILURE\n/);
    expect(stdout).toMatch(
      / orders +rejected +2 +[0-9a-f-]{36} +1 +the receiver answered ERROR: out of order\n/,
    );
    const since = new Date((a?.deadLetteredAtMs ?? 0) - 1_000).toISOString();
    const filter = ['--bucket', 'orders', '--since', since, '--error-class', 'rejected'];
    expect(json((await dlq('list', ...filter, '--json')).stdout)).toEqual([
      expect.objectContaining({ deadLetterId: a?.deadLetterId, bucket: 'orders', attempts: 2 }),
    ]);
    for (const other of [
      ['--bucket', 'b'],
      ['--error-class', 'timeout'],
      ['--until', since],
    ]) {
      expect(await dlq('list', ...other)).toEqual({
        code: 0,
        stdout: '',
        stderr: 'boomerang: no dead letters\n',
      });
    }
  });

  test('show prints the payload and every failure', async () => {
    const [letter] = await fail('the payload');
    const { stdout } = await dlq('show', letter?.deadLetterId ?? '');
    expect(stdout).toContain('payload, 11 bytes:\nthe payload\n');
    expect(stdout.match(/rejected +the receiver answered ERROR: out of order/g)).toHaveLength(2);
    expect(stdout).toContain(`callback     HTTP ${arrivals.url}`);
    const [shown] = json((await dlq('show', letter?.deadLetterId ?? '', '--json')).stdout);
    expect(Buffer.from(shown.payloadBase64, 'base64').toString()).toBe('the payload');
  });

  test('replay makes tasks of those it names, and says which it could not', async () => {
    const [letter] = await fail('by name');
    mended = true;
    const id = letter?.deadLetterId ?? '';
    const { code, stdout, stderr } = await dlq('replay', id, '0-1-0');
    expect(code).toBe(1);
    expect(stderr).toBe('boomerang: 0-1-0: no such dead letter\nboomerang: 1 replayed, 1 refused\n');
    const taskId = /is task ([0-9a-f-]{36}), due /.exec(stdout)?.[1] ?? '';
    await arrivals.waitFor(1, taskId);
    expect(await dlq('replay', id)).toMatchObject({
      code: 0,
      stdout: `${id}  was replayed before, as task ${taskId}\n`,
    });
    expect((await dlq('show', id)).stderr).toContain(`was replayed as task ${taskId}`);
  });

  test('replay of all goes somewhere else at a rate', async () => {
    await fail('one', 'two', 'three');
    const before = Date.now();
    const { code, stdout } = await dlq('replay', '--all', '--rate', '2', '--to', elsewhere.url, '--json');
    expect(code).toBe(0);
    const replayed: { taskId: string; due: string }[] = json(stdout);
    expect(replayed).toHaveLength(3);
    for (const { taskId } of replayed) await elsewhere.waitFor(1, taskId);
    replayed.forEach(({ due }, i) => {
      expect(Date.parse(due)).toBeGreaterThanOrEqual(before + i * 500);
    });
    expect((await session.deadLetters.list()).deadLetters).toEqual([]);
  });

  test('purge removes for good, but only after a yes', async () => {
    await fail('a', 'b');
    expect(await dlq('purge', '--all')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('add --yes'),
    });
    expect((await session.deadLetters.list()).deadLetters).toHaveLength(2);
    expect(await dlq('purge', '--all', '--yes')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'boomerang: 2 purged, 0 refused\n',
    });
    expect((await session.deadLetters.list()).deadLetters).toEqual([]);
  });

  test("another client's are not there, and a wrong token is refused", async () => {
    const [letter] = await fail('mine');
    const rival = await stack.createClient('rival');
    expect((await runCli(rival, ['list'])).stdout).toBe('');
    expect(await runCli(rival, ['replay', letter?.deadLetterId ?? ''])).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect(await runCli(rival, ['purge', '--all', '--yes'])).toMatchObject({
      stderr: 'boomerang: 0 purged, 0 refused\n',
    });
    for (const [token, problem] of [
      ['wrong', 'it has not the form of a key'],
      [`bmr_wrong_${'x'.repeat(32)}`, 'unknown or wrong key'],
    ] as const) {
      expect(await runCli(token, ['list'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`auth_token: ${problem}`),
      });
    }
    expect((await session.deadLetters.list()).deadLetters).toHaveLength(1);
  });

  test.each([
    [['show', 'nonsense'], /dead_letter_id: "nonsense" is not a dead letter's id/],
    [['list', '--since', 'yesterday'], /--since: "yesterday" can't be used/],
  ])('%j is refused with what is allowed', async (args, message) => {
    const { code, stderr } = await dlq(...args);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

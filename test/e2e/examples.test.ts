import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpReceiver, type HttpReceiver, type ReceivedCallback } from '@boomerang/client';
import { startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFromRoot } from '../docs/markdown.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PATIENCE = { timeoutMs: 30_000 };

let stack: TestStack;
let folder: string;
let url: string;
const running: ChildProcess[] = [];

interface Program {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly ended: Promise<number | null>;
}

/** Starts a program with what it has to know of the stack; what it prints. */
function start(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Program {
  const ports = {
    BOOMERANG_URL: url,
    BOOMERANG_TOKEN: stack.token,
    BOOMERANG_TCP_PORT: String(stack.tcpPorts[0]),
  };
  const child = spawn(command, args, {
    cwd: folder,
    env: { ...process.env, ...ports, ...more },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const lines: string[] = [];
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
    lines.splice(0, lines.length, ...text.split('\n').slice(0, -1));
  });
  return { child, lines, ended: once(child, 'close').then(([code]) => code) };
}

function example(name: string, args: readonly string[] = [], more: NodeJS.ProcessEnv = {}): Program {
  return start(process.execPath, [join(root, 'examples', 'programs', 'dist', `${name}.js`), ...args], more);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-examples-'));
  stack = await startStack();
  url = `http://127.0.0.1:${stack.httpPorts.gateway[0]}`;
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.concurrent('the example', () => {
  test('reminder-service reminds once of what it was asked twice, and not of what was cancelled', async () => {
    const service = example('reminder-service');
    await waitFor(() => service.lines.length > 0, { message: 'its server', ...PATIENCE });
    const own = service.lines[0]?.replace('listening on ', '');
    const ask = async (id: string, text: string) => {
      const body = JSON.stringify({ id, text, inMs: 1_500 });
      return (await fetch(`${own}/reminders`, { method: 'POST', body })).json();
    };
    const tea = await ask('1', 'tea');
    expect(await ask('1', 'tea')).toEqual(tea);
    const { taskId } = (await ask('2', 'coffee')) as { taskId: string };
    await fetch(`${own}/reminders/${taskId}`, { method: 'DELETE' });
    await waitFor(() => service.lines.length > 1, { message: 'the reminder', ...PATIENCE });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(service.lines.slice(1)).toEqual(['reminder: tea']);
    service.child.kill('SIGTERM');
    await service.ended;
  });

  test('retried-webhook tells each attempt until the customer takes it', async () => {
    const bodies: string[] = [];
    const customer = await createHttpReceiver({
      format: 'RAW',
      onCallback: ({ payload }) => {
        bodies.push(Buffer.from(payload).toString());
        return bodies.length < 3 ? { httpStatus: 503 } : 'OK';
      },
    });
    const program = example('retried-webhook', [customer.url]);
    expect(await program.ended).toBe(0);
    await customer.close();
    expect(program.lines).toEqual([
      expect.stringMatching(/^attempt 1: rejected .*503/),
      expect.stringMatching(/^attempt 2: rejected .*503/),
      'attempt 3: delivered ',
      'delivered',
    ]);
    expect(new Set(bodies)).toEqual(new Set(['{"id":"evt-17","type":"order.paid","order":4711}']));
  });

  test('cron-job reports by the clock, and cancels itself', async () => {
    const job = example('cron-job', [], { CRON: '* * * * * *' });
    await waitFor(() => job.lines.length >= 3, { message: 'two reports', ...PATIENCE });
    job.child.kill('SIGTERM');
    expect(await job.ended).toBe(0);
    expect(job.lines[0]).toMatch(/^first at .*:\d\d\.000Z$/);
    expect(job.lines.slice(1, 3)).toEqual([
      expect.stringMatching(/^report 1, due .*\.000Z$/),
      expect.stringMatching(/^report \d+, due .*\.000Z$/),
    ]);
    expect(job.lines.at(-1)).toBe('cancelled');
  });

  test('grpc-service is called back, asks for a pause, and ends the recurrence', async () => {
    const service = example('grpc-service');
    expect(await service.ended).toBe(0);
    expect([...service.lines].sort()).toEqual([
      'beat 1, attempt 1',
      'beat 2, attempt 1',
      'beat 2, attempt 2',
      'beat 3, attempt 1',
    ]);
  });
});

/** The code of a page's block in this language. */
function codeOf(page: string, language: string): string {
  const [, code] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(readFromRoot(page)) ?? [];
  if (code === undefined) throw new Error(`${page} has no program in ${language}`);
  return code;
}

const LANGUAGES = [
  ['Python', 'python', 'program.py', 'python3', ['program.py']],
  ['Go', 'go', 'program.go', 'go', ['run', 'program.go']],
  ['Java', 'java', 'Program.java', 'java', ['Program.java']],
] as const;

function isThere(command: string): boolean {
  try {
    execFileSync(command, [command === 'go' ? 'version' : '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`the program for ${command} is not run: ${command} is not there`);
    return false;
  }
}

describe.concurrent('the program of docs/other-languages.md', () => {
  for (const [language, block, file, command, args] of LANGUAGES) {
    // Go compiles its standard library first.
    test.skipIf(!isThere(command))(
      `in ${language} registers, is called back, and acknowledges`,
      { timeout: 240_000 },
      async () => {
        writeFileSync(join(folder, file), codeOf('docs/other-languages.md', block));
        const program = start(command, [...args, '127.0.0.1', String(stack.tcpPorts[0]), stack.token]);
        expect(await program.ended).toBe(0);
        expect(program.lines).toEqual([
          expect.stringMatching(/^registered [0-9a-f-]{36}$/),
          `called back: from ${language} 1`,
        ]);
        const id = program.lines[0]?.slice('registered '.length);
        const state = async () => {
          const answer = await fetch(`${url}/v1/tasks/${id}`, {
            headers: { authorization: `Bearer ${stack.token}` },
          });
          return ((await answer.json()) as { state: string }).state;
        };
        await waitFor(async () => (await state()) === 'delivered', {
          message: 'the end of the task',
          ...PATIENCE,
        });
      },
    );
  }
});

describe('the smallest program of the README', () => {
  const received: ReceivedCallback[] = [];
  let receiver: HttpReceiver;
  beforeAll(async () => {
    receiver = await createHttpReceiver({
      format: 'RAW',
      onCallback: (callback) => void received.push(callback),
    });
    const installed = join(folder, 'node_modules', '@boomerang');
    mkdirSync(installed, { recursive: true });
    symlinkSync(join(root, 'packages', 'client'), join(installed, 'client'));
  });
  afterAll(() => receiver?.close());

  test.each([
    ['sh', 'bash', 'smallest.sh'],
    ['ts', process.execPath, 'smallest.mjs'],
    ['python', 'python3', 'smallest.py'],
  ])('in %s comes back', async (block, command, file) => {
    if (block === 'python' && !isThere('python3')) return;
    const before = received.length;
    const code = codeOf('README.md', block)
      .replaceAll('http://127.0.0.1:8080', url)
      .replaceAll('http://127.0.0.1:9000/', receiver.url)
      .replaceAll('2s', '50ms')
      .replaceAll('2_000', '50');
    writeFileSync(join(folder, file), code);
    expect(await start(command, [file]).ended).toBe(0);
    await waitFor(() => received.length > before, { message: 'the callback', ...PATIENCE });
    expect(Buffer.from(received.at(-1)?.payload ?? []).toString()).toContain('hello');
  });
});

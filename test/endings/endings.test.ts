import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { COMPLETE } from '../chaos/support/matrix.js';
import { type Run, startRun } from './run.js';

// Every documented way to start something, ended in every way. Only Linux shows which processes belong to a run.
const describeHere = existsSync('/proc/self/environ') ? describe : describe.skip;

const SERVICES = ['gateway', 'scheduler', 'worker'].map(
  (name) => new RegExp(`services/${name}/dist/main\\.js`),
);
const STACK = [...SERVICES, /redis-server/];
const READY = /"ready":true/;
const WAITING_SHELL = fileURLToPath(new URL('./waiting-shell.sh', import.meta.url));

interface Way {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What has to run before it is ended. */
  readonly kinds: readonly RegExp[];
  readonly line?: RegExp;
}

let silent: Server;
beforeAll(async () => {
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterAll(() => silent.close());

const ways: Readonly<Record<string, () => Way>> = {
  'npm start': () => ({
    args: ['start'],
    env: { BOOMERANG_TCP_PORT: '0', BOOMERANG_HTTP_PORT: '0' },
    kinds: STACK,
    line: READY,
  }),
  'npm run demo': () => ({ args: ['run', 'demo'], kinds: STACK }),
  'npm run demo -- --keep': () => ({ args: ['run', 'demo', '--', '--keep'], kinds: STACK, line: READY }),
  'npm run demo -- --wires': () => ({
    args: ['run', 'demo', '--', '--wires', '--keep'],
    kinds: STACK,
    line: READY,
  }),
  'npm run client': () => ({
    args: ['run', 'client', '--', 'dlq', 'list'],
    env: {
      BOOMERANG_GATEWAY: `tcp://127.0.0.1:${(silent.address() as { port: number }).port}`,
      BOOMERANG_TOKEN: 'bmr_a_b',
    },
    kinds: [/run\.mjs client/],
  }),
  'npm test': () => ({ args: ['test', '--', '--project', 'e2e', 'test/e2e/recurrence'], kinds: STACK }),
  'npm run verify': () => ({
    args: ['run', 'verify', '--', '--project', 'e2e', 'test/e2e/recurrence'],
    kinds: [/verify\.mjs/, /buf|tsc/],
  }),
  'npm run chaos': () => ({ args: ['run', 'chaos', '--', 'test/chaos/stops'], kinds: STACK }),
  'npm run bench:smoke': () => ({ args: ['run', 'bench:smoke'], kinds: STACK }),
  'npm run bench:rolling': () => ({ args: ['run', 'bench:rolling'], kinds: STACK }),
};

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const;

const scriptOf = (run: Run) =>
  run.processes().find(({ command }) => /^\S*node scripts\//.test(command))?.pid as number;

/** Whom a signal is sent to. */
const targets: Readonly<Record<string, (run: Run) => number>> = {
  npm: ({ pid }) => pid,
  'a shell between npm and the script': (run) =>
    run.processes().find(({ command }) => command.includes(WAITING_SHELL))?.pid as number,
  'the script': scriptOf,
  'the whole group': ({ pid }) => -pid,
};

let run: Run | undefined;
afterEach(() => run?.cleanUp());

async function started(way: string, target: string): Promise<Run> {
  const { args, env = {}, kinds, line } = (ways[way] as () => Way)();
  const shell = target.includes('shell') ? { npm_config_script_shell: WAITING_SHELL } : undefined;
  run = startRun('npm', args, { ...env, ...shell });
  await run.has(kinds);
  if (line) await run.says(line);
  return run;
}

type Ending = [way: string, target: string, signal: NodeJS.Signals];

/** A shell that waits for a command leaves SIGINT to that: it isn't ended by it. */
const ENDINGS = Object.keys(ways)
  .flatMap((way) =>
    Object.keys(targets).flatMap((target) => SIGNALS.map((signal): Ending => [way, target, signal])),
  )
  .filter(([, target, signal]) => !(target.includes('shell') && signal === 'SIGINT'));

/** All take about twenty minutes. `npm test` takes those that differ most. */
const chosen = COMPLETE
  ? ENDINGS
  : ENDINGS.filter(([way, target, signal]) => {
      if (way === 'npm start')
        return signal === 'SIGKILL' || signal === (target === 'npm' ? 'SIGTERM' : 'SIGHUP');
      const others = ['npm run demo', 'npm test', 'npm run bench:smoke'];
      return others.includes(way) && target === 'the script' && signal === 'SIGKILL';
    });

describeHere('nothing is left after 25 s, and nothing is started on the way, when', () => {
  test.each(chosen)(
    '%s is ended at %s by %s',
    async (way, target, signal) => {
      const running = await started(way, target);
      const pid = (targets[target] as (run: Run) => number)(running);
      expect(pid).toBeTypeOf('number');
      process.kill(pid, signal);
      expect(await running.over()).toEqual([]);
    },
    150_000,
  );

  test.each(COMPLETE ? Object.keys(ways) : ['npm start'])(
    'the terminal of %s hangs up',
    async (way) => {
      const { args, env = {}, kinds, line } = (ways[way] as () => Way)();
      run = startRun('script', ['-qec', ['npm', ...args].join(' '), '/dev/null'], env);
      await run.has(kinds);
      if (line) await run.says(line);
      process.kill(run.pid, 'SIGKILL');
      expect(await run.over()).toEqual([]);
    },
    150_000,
  );
});

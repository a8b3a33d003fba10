import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@boomerang/redis-server';
import { waitFor } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
let env: NodeJS.ProcessEnv;
let up: Running;
let url: string;
let key: string;

interface Running {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly ended: Promise<number | null>;
}

/** Starts the installed command, in an empty folder, with nothing of this checkout in its environment. */
function start(args: readonly string[], more: NodeJS.ProcessEnv = {}): Running {
  const program = join(folder, 'node_modules', '.bin', 'boomerang');
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.err += chunk;
  });
  return { child, output, ended: once(child, 'close').then(([code]) => code) };
}

/** Runs it to its end. */
async function run(args: readonly string[], more?: NodeJS.ProcessEnv) {
  const { output, ended } = start(args, more);
  const code = await ended;
  return { code, ...output };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'boomerang-command-'));
  const packed = execFileSync(process.execPath, ['scripts/pack-cli.mjs', join(folder, 'pack')], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  writeFileSync(join(folder, 'large'), Buffer.alloc(1_048_577));
  writeFileSync(join(folder, 'package.json'), '{ "name": "stranger", "private": true }');
  const install = [
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    packed.trim().split('\n').at(-1) as string,
  ];
  execFileSync('npm', install, { cwd: folder, stdio: 'pipe' });
  const { PATH, HOME } = process.env;
  env = { PATH, HOME, XDG_STATE_HOME: join(folder, 'state'), XDG_CONFIG_HOME: join(folder, 'config') };
  up = start(['up'], { BOOMERANG_HTTP_PORT: '0', BOOMERANG_TCP_PORT: '0', BOOMERANG_GRPC_PORT: '0' });
  await waitFor(() => up.output.out.includes('\n'), { message: 'the stack', timeoutMs: 60_000 });
  const ready = JSON.parse(up.output.out);
  url = `http://127.0.0.1:${ready.http}`;
  key = ready.token;
}, 120_000);
afterAll(async () => {
  up?.child.kill('SIGTERM');
  await up?.ended;
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

describe('the command that a stranger installed', () => {
  test('comes alone, and knows the stack that runs here', async () => {
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'boomerang',
    ]);
    expect(await run(['tasks', 'list'])).toMatchObject({ code: 0, out: '', err: 'boomerang: no tasks\n' });
    const { code, out } = await run(['doctor', '--json']);
    const findings = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(findings.map(({ check, state }) => `${check} ${state}`)).toEqual(
      expect.arrayContaining(['gateway ok', 'key ok', 'redis ok', 'redis disk ok', 'gateway clock ok']),
    );
  });

  test.each(['http', 'grpc', 'tcp', 'udp'])(
    'receives over %s what it registered, with each verdict',
    async (protocol) => {
      const answers = ['error:busy', 'retry:100ms', 'ok'];
      const udp = protocol === 'udp' ? ['--acked'] : [];
      const args = ['listen', '--protocol', protocol, '--port', '0', '--count', '3', '--json'];
      const listener = start([...args, '--answer', ...answers]);
      await waitFor(() => listener.output.err.includes('--to '), {
        message: 'the receiver',
        timeoutMs: 30_000,
      });
      const to = /--to (\S+)/.exec(listener.output.err)?.[1] as string;
      const registered = await run([
        ...['register', 'grüße', '--in', '50ms', '--retry-interval', '50ms', '--to', to, '--json', ...udp],
      ]);
      expect(registered).toMatchObject({ code: 0, err: '' });
      expect(await listener.ended).toBe(0);
      const { id } = JSON.parse(registered.out);
      const lines = listener.output.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines).toMatchObject([
        { taskId: id, attempt: 1, text: 'grüße', protocol, answer: 'error' },
        { taskId: id, attempt: 2, answer: 'error' },
        { taskId: id, attempt: 3, answer: 'ok' },
      ]);
      const shown = async () => JSON.parse((await run(['tasks', 'show', id, '--json'])).out);
      await waitFor(async () => (await shown()).state === 'delivered', {
        message: 'the end',
        timeoutMs: 30_000,
      });
      expect((await shown()).attempts).toMatchObject([
        { error: expect.stringContaining('busy') },
        {},
        { outcome: 'delivered' },
      ]);
    },
  );

  test('registers by a calendar and with a key, lists and cancels, against a gateway by URL and key', async () => {
    const remote = { BOOMERANG_URL: url, BOOMERANG_TOKEN: key, XDG_STATE_HOME: join(folder, 'elsewhere') };
    const cron = ['--cron', '0 9 * * MON-FRI', '--time-zone', 'Europe/Berlin'];
    const named = [
      'register',
      'x',
      ...cron,
      '--to',
      'http://127.0.0.1:9/',
      '--idempotency-key',
      'k',
      '--json',
    ];
    const first = JSON.parse((await run(named, remote)).out);
    expect(JSON.parse((await run(named, remote)).out)).toEqual(first);
    const listed = await run(['tasks', 'list', '--recurring'], remote);
    expect(listed.out).toBe(`${first.id}\tscheduled\t${first.dueAt}\t0 9 * * MON-FRI (Europe/Berlin)\t\n`);
    expect(await run(['tasks', 'list', '--once'], remote)).toMatchObject({ out: '' });
    const cancelled = await run(['tasks', 'cancel', first.id, first.id], remote);
    expect(cancelled).toMatchObject({ code: 0, out: `cancelled\t${first.id}\ncancelled\t${first.id}\n` });
    expect(await run(['tasks', 'show', first.id], remote)).toMatchObject({
      out: expect.stringContaining('state\tcancelled'),
    });
  });

  test('finds by a tag, pauses, resumes and fires', async () => {
    const to = ['--to', 'http://127.0.0.1:9/', '--in', '1h', '--attempts', '1'];
    const { id } = JSON.parse((await run(['register', 'x', ...to, '--tag', 'a', 'b', '--json'])).out);
    expect((await run(['tasks', 'list', '--tag', 'b'])).out).toContain(id);
    expect(await run(['tasks', 'pause', id])).toMatchObject({ code: 0, err: '' });
    expect((await run(['tasks', 'show', id])).out).toContain('state\tpaused');
    expect(await run(['tasks', 'resume', id])).toMatchObject({ code: 0, err: '' });
    expect(await run(['tasks', 'fire', id])).toMatchObject({ code: 0, err: '' });
    await run(['tasks', 'cancel', id]);
  });

  test('shows, replays elsewhere and purges dead letters, and what happens', async () => {
    for (const payload of ['a', 'b']) {
      await run([
        'register',
        payload,
        '--to',
        `http://127.0.0.1:${await freePort()}/`,
        '--attempts',
        '1',
        '--dlq',
        'lost',
      ]);
    }
    const list = ['dlq', 'list', '--bucket', 'lost', '--json'];
    const letters = async () =>
      (await run(list)).out
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    await waitFor(async () => (await letters()).length === 2, { message: 'dead letters', timeoutMs: 30_000 });
    const [{ deadLetterId }] = await letters();
    const shown = await run(['dlq', 'show', deadLetterId]);
    expect(shown).toMatchObject({ code: 0, out: expect.stringContaining('ECONNREFUSED') });
    const listener = start(['listen', '--port', '0', '--count', '1', '--json']);
    await waitFor(() => listener.output.err.includes('--to '), {
      message: 'the receiver',
      timeoutMs: 30_000,
    });
    const to = /--to (\S+)/.exec(listener.output.err)?.[1] as string;
    expect(await run(['dlq', 'replay', deadLetterId, '--to', to])).toMatchObject({ code: 0 });
    expect(await listener.ended).toBe(0);
    expect(JSON.parse(listener.output.out)).toMatchObject({ text: 'a' });
    expect(await run(['dlq', 'purge', '--bucket', 'lost', '--yes'])).toMatchObject({
      code: 0,
      err: 'boomerang: 1 purged, 0 refused\n',
    });
    expect(await run(['dlq', 'purge', '--all'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--yes'),
    });
    const top = await run(['top', '--count', '1', '--json']);
    expect(JSON.parse(top.out)).toMatchObject({
      client: 'dev',
      series: expect.any(Array),
      forecast: { slots: expect.any(Array) },
    });
    expect((await run(['top', '--count', '1'])).out).toMatch(/registered \d+\.\d\/s\t.*in a minute\t/);
  });

  test('keeps a profile, whose key nothing else is told', async () => {
    const elsewhere = { XDG_STATE_HOME: join(folder, 'elsewhere') };
    mkdirSync(join(folder, 'elsewhere'), { recursive: true });
    await run(['profile', 'set', 'here', '--url', url], { BOOMERANG_TOKEN: key, ...elsewhere });
    expect(await run(['tasks', 'list', '--profile', 'here'], elsewhere)).toMatchObject({ code: 0 });
    const { out, err } = await run(['profile', 'list', '--json'], elsewhere);
    expect(out + err).not.toContain(key);
    await run(['profile', 'remove', 'here'], elsewhere);
  });
});

describe.concurrent('what goes wrong is told with what to do, and an exit code', () => {
  test.each<[string, () => Promise<readonly [string[], NodeJS.ProcessEnv?]>, number, RegExp]>([
    [
      'a bad key',
      async () => [['tasks', 'list'], { BOOMERANG_TOKEN: 'bmr_x_y' }],
      3,
      /key.*\n.*set BOOMERANG_TOKEN/,
    ],
    [
      'a wrong port',
      async () => [
        ['tasks', 'list', '--url', `http://127.0.0.1:${await freePort()}`],
        { BOOMERANG_TOKEN: key },
      ],
      5,
      /ECONNREFUSED.*\n.*boomerang doctor/,
    ],
    [
      'the wrong door',
      async () => [
        ['tasks', 'list', '--url', `http://127.0.0.1:${JSON.parse(up.output.out).tcp}`],
        { BOOMERANG_TOKEN: key },
      ],
      5,
      /127\.0\.0\.1/,
    ],
    ['an unknown id', async () => [['tasks', 'show', 'nope']], 4, /no such task.*\n.*tasks list/],
    [
      'a bad length',
      async () => [['register', '--in', 'soon', '--to', 'http://127.0.0.1:9/']],
      6,
      /--in: "soon".*allowed/,
    ],
    ['a wire that is none', async () => [['register', '--to', 'ftp://x']], 6, /--to: .*allowed/],
    ['an address inside', async () => [['register', '--to', 'http://10.0.0.1/']], 6, /not allowed/],
    [
      'what is too large',
      async () => [['register', '--file', 'large', '--to', 'http://127.0.0.1:9/']],
      6,
      /1048576/,
    ],
  ])('%s', async (_, words, code, told) => {
    const [args, more] = await words();
    const ended = await run(args, more);
    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(told) });
  });

  test('the doctor finds nobody at home, and ends with 1', async () => {
    const { code, out } = await run(['doctor', '--url', `http://127.0.0.1:${await freePort()}`]);
    expect(code).toBe(1);
    expect(out).toMatch(/^gateway\tbad\t.*ECONNREFUSED.*\tstart it, or name its HTTP port/);
  });
});

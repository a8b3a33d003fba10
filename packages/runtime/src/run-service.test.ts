import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';

const children: ChildProcessByStdio<null, Readable, Readable>[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A service in a process of its own, from the built package. */
function service(start: string, { drainMs = 5000, before = '' } = {}) {
  const entry = new URL('../dist/index.js', import.meta.url).href;
  const script = `import { ConfigError, createLogger, integer, readConfigOrExit, redactText, runService } from ${JSON.stringify(entry)};
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    setInterval(() => {}, 1000);
    ${before}
    await runService({
      name: 'tried',
      logger: createLogger({ service: 'tried' }),
      redact: redactText,
      drainMs: ${drainMs},
      start: async (shutdown) => { ${start} },
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    stopReading() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    ended,
    stderr: () => stderr,
    stdout: () => stdout,
    messages: () =>
      stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).msg as string),
    async says(message: string) {
      while (!this.messages().includes(message)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
  };
}

describe('runService', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s closes once and exits with 0', async (signal) => {
    const tried = service(
      `return { close: async () => { process.stderr.write('closed '); await sleep(50); } };`,
    );
    await tried.says('started');
    tried.kill(signal);
    expect(await tried.ended).toBe(0);
    expect(tried.stderr()).toBe('closed ');
    expect(tried.messages()).toEqual(['started', 'stopping', 'stopped']);
  });

  test('closes in order although nobody is left to read what it writes', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'boomerang-run-')), 'closed');
    const tried = service(
      `return { close: async () => {
        process.stderr.write('closing ');
        await sleep(100);
        (await import('node:fs')).writeFileSync(${JSON.stringify(file)}, 'yes');
      } };`,
    );
    await tried.says('started');
    tried.stopReading();
    tried.kill('SIGHUP');
    expect(await tried.ended).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('yes');
    rmSync(dirname(file), { recursive: true });
  });

  test('takes signals that come together, or of the other kind, as one', async () => {
    const tried = service(
      `return { close: async () => { process.stderr.write('closed '); await sleep(900); } };`,
    );
    await tried.says('started');
    tried.kill('SIGINT');
    await tried.says('stopping');
    tried.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 600));
    tried.kill('SIGTERM');
    expect(await tried.ended).toBe(0);
    expect(tried.stderr()).toBe('closed ');
  });

  test('exits with 1 at once when the same signal comes again', async () => {
    const tried = service('return { close: () => sleep(60_000) };', { drainMs: 60_000 });
    await tried.says('started');
    tried.kill('SIGINT');
    await tried.says('stopping');
    await new Promise((resolve) => setTimeout(resolve, 700));
    tried.kill('SIGINT');
    expect(await tried.ended).toBe(1);
    expect(tried.messages().at(-1)).toBe('stopped at once by a second signal');
  });

  test('exits with 1 when it is not drained in time', async () => {
    const tried = service('return { close: () => sleep(60_000) };', { drainMs: 100 });
    await tried.says('started');
    tried.kill('SIGTERM');
    expect(await tried.ended).toBe(1);
    expect(tried.messages().at(-1)).toBe('not drained in time');
  });

  test('exits with 1 when closing fails', async () => {
    const tried = service(`return { close: async () => { throw new Error('stuck'); } };`);
    await tried.says('started');
    tried.kill('SIGTERM');
    expect(await tried.ended).toBe(1);
    expect(tried.messages().at(-1)).toBe('stopped, but not cleanly');
  });

  test('a signal during the start closes what the start still brought up', async () => {
    const tried = service(
      `process.stdout.write('{"msg":"starting"}\\n');
       await new Promise((resolve) => shutdown.addEventListener('abort', resolve));
       return { close: async () => { process.stderr.write('closed'); } };`,
    );
    await tried.says('starting');
    tried.kill('SIGTERM');
    expect(await tried.ended).toBe(0);
    expect(tried.stderr()).toBe('closed');
  });

  test('a start that fails says why in one line and exits with 1', async () => {
    const refused = service(
      `const { connect } = await import('node:net');
       await new Promise((resolve, reject) => connect(1, '127.0.0.1').on('error', reject));`,
    );
    expect(await refused.ended).toBe(1);
    expect(refused.stderr()).toBe('tried: cannot start: connect ECONNREFUSED 127.0.0.1:1\n');
    expect(refused.messages()).toEqual([]);

    const mistaken = service('undefined.property;');
    expect(await mistaken.ended).toBe(1);
    expect(mistaken.stderr()).toMatch(/^tried: cannot start: .*property.*\n$/);
    expect(mistaken.messages()).toEqual(['cannot start']);
  });

  test('a bad setting stops the process before the start, by one line', async () => {
    const before = `readConfigOrExit('tried', {
      lead: integer({ variable: 'BOOMERANG_LEAD_MS', default: 500, min: 0, max: 900, unit: 'ms', meaning: '' }),
    }, { BOOMERANG_LEAD_MS: 'soon' });`;
    const tried = service('', { before });
    expect(await tried.ended).toBe(1);
    expect(tried.stderr()).toBe(
      'tried: cannot start: BOOMERANG_LEAD_MS is "soon": expected an integer from 0 to 900 (ms)\n',
    );
  });

  test.each([
    'setTimeout(() => { throw new Error("lost"); }, 10);',
    'void Promise.reject(new Error("lost"));',
  ])('logs an uncaught error and exits with 1: %s', async (mishap) => {
    const tried = service(`${mishap} return { close: async () => {} };`);
    expect(await tried.ended).toBe(1);
    expect(tried.messages().at(-1)).toBe('uncaught error');
  });

  const leaky = `Object.assign(new Error("lost redis://user:sesame@host", {
    cause: Object.assign(new Error("WRONGPASS"), { command: { name: "auth", args: ["user", "sesame"] } }),
  }), { input: "redis://user:sesame@host", config: { password: "sesame" } })`;
  test.each([
    `setTimeout(() => { throw ${leaky}; }, 10); return { close: async () => {} };`,
    `void Promise.reject(${leaky}); return { close: async () => {} };`,
    `(await import('node:events')).EventEmitter.prototype.emit.call(new (await import('node:events')).EventEmitter(), 'error', ${leaky});`,
    `throw ${leaky};`,
    `console.error('[library]', ${leaky}); return { close: async () => { throw ${leaky}; } };`,
  ])('shows no secret, wherever an error comes out: %s', async (mishap) => {
    const tried = service(mishap);
    if (mishap.startsWith('console')) await tried.says('started').then(() => tried.kill('SIGTERM'));
    expect(await tried.ended).toBe(1);
    expect(tried.stdout()).toContain('lost redis://***@host');
    expect(tried.stdout()).toContain('WRONGPASS');
    expect(tried.stdout() + tried.stderr()).not.toContain('sesame');
  });
});

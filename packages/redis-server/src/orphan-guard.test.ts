import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { OrphanEnd } from './orphan-guard.js';

const STUBBORN = 'trap "" TERM; while :; do sleep 0.1; done';
/** Takes a while to end, and says when it has. */
const slow = (file: string) =>
  `trap 'sleep 0.7; date +%s%N >> ${file}; exit' TERM; while :; do sleep 0.05; done`;
const noting = (file: string) => `trap 'date +%s%N >> ${file}; exit' TERM; while :; do sleep 0.05; done`;

/** A process with guarded children, each a shell script, which then does what it is told. */
async function parentThat(does: string, children: readonly (readonly [string, OrphanEnd])[]) {
  const guard = new URL('../dist/orphan-guard.js', import.meta.url).href;
  const script = `import { spawn } from 'node:child_process';
    import { guardAgainstOrphan } from ${JSON.stringify(guard)};
    const pids = ${JSON.stringify(children)}.map(([script, end]) => {
      const child = spawn('/bin/sh', ['-c', script], { detached: true });
      guardAgainstOrphan(child, end);
      return child.pid;
    });
    process.stdout.write(pids.join() + '\\n', () => setTimeout(() => { ${does} }, 100));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  return { parent, pids: line.split(',').map(Number) };
}

async function ended(parent: ChildProcess): Promise<void> {
  if (parent.exitCode === null && parent.signalCode === null) await once(parent, 'exit');
}

/** A dead process may wait to be reaped. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const TERM: OrphanEnd = { signal: 'TERM', graceMs: 3_000 };
const FOREVER = 'process.on("SIGINT", () => {}); setInterval(() => {}, 1000);';

test.each([
  'process.exit(0)',
  'process.kill(process.pid, "SIGINT")',
  'process.kill(process.pid, "SIGKILL")',
  'process.kill(-process.pid, "SIGKILL")',
  'process.kill(-process.pid, "SIGHUP")',
])('children do not outlive a parent that ends by %s', async (ending) => {
  const { parent, pids } = await parentThat(ending, [
    ['sleep 60', TERM],
    ['sleep 60', { signal: 'KILL' }],
  ]);
  await ended(parent);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 5_000);
});

test('what does not end in time is killed, and its folder removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'orphan guard '));
  const end: OrphanEnd = { signal: 'TERM', graceMs: 500, folder };
  const { parent, pids } = await parentThat('process.kill(process.pid, "SIGKILL")', [[STUBBORN, end]]);
  await ended(parent);
  expect(pids.filter(isAlive)).toEqual(pids);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 5_000);
  await vi.waitFor(() => expect(existsSync(folder)).toBe(false), 5_000);
});

test('the second stage begins when the first one has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'boomerang-stages-'));
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  const { parent, pids } = await parentThat('process.kill(process.pid, "SIGKILL")', [
    [noting(second), { ...TERM, stage: 2 }],
    [slow(first), TERM],
  ]);
  await ended(parent);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 8_000);
  const at = (file: string) => Number(readFileSync(file, 'utf8'));
  expect(at(second)).toBeGreaterThan(at(first));
  rmSync(folder, { recursive: true });
});

test.runIf(existsSync('/proc/self/stat'))('a guard that is killed is replaced', async () => {
  const { parent, pids } = await parentThat(FOREVER, [['sleep 60', TERM]]);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const guards = () => guardsOf(parent.pid as number);
  const [guard] = guards();
  process.kill(guard as number, 'SIGKILL');
  await vi.waitFor(() => expect(guards().filter((pid) => pid !== guard)).toHaveLength(1), 5_000);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), 5_000);
});

function guardsOf(parent: number): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ');
  return children
    .map(Number)
    .filter((pid) => isAlive(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('orphan-guard'));
}

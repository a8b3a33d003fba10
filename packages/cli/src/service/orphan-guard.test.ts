import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { isAlive, type ProcessMark, processMark } from '../state/process-mark.js';

/** A process with two guarded children, which then does what it is told. */
async function parentThat(does: string): Promise<ProcessMark[]> {
  const guard = new URL('../../dist/service/orphan-guard.js', import.meta.url).href;
  const script = `import { spawn } from 'node:child_process';
    import { createOrphanGuard } from ${JSON.stringify(guard)};
    const guard = createOrphanGuard('TERM');
    const children = [1, 2].map(() => spawn('sleep', ['60']));
    children.forEach(guard.watch);
    process.stdout.write(children.map(({ pid }) => pid).join() + '\\n', () => setTimeout(() => { ${does} }, 50));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const children = line.split(',').map((pid) => processMark(Number(pid)));
  if (parent.exitCode === null && parent.signalCode === null) await once(parent, 'exit');
  return children;
}

test.each(['process.exit(0)', 'process.kill(process.pid, "SIGKILL")'])(
  'children do not outlive a parent that ends by %s',
  async (ending) => {
    const children = await parentThat(ending);
    await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), 5_000);
  },
);

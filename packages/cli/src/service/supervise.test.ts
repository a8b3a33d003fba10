import { type ChildProcess, spawn } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { type SuperviseOptions, supervise } from './supervise.js';

const node = (script: string) =>
  spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });

function supervised(script: string, options: Partial<SuperviseOptions> = {}) {
  const children: ChildProcess[] = [];
  const ends: [string, number][] = [];
  const supervision = supervise({
    spawn: () => {
      const child = node(script);
      children.push(child);
      return child;
    },
    onEnd: (how, delayMs) => ends.push([how, delayMs]) > 0,
    graceMs: 5_000,
    ...options,
  });
  return { supervision, children, ends };
}

test('what ends is started again, later from time to time', async () => {
  const { supervision, children, ends } = supervised('process.exit(3)');
  await vi.waitFor(() => expect(children.length).toBeGreaterThan(2), 5_000);
  await supervision.stop();
  const started = children.length;
  expect(ends.slice(0, 2)).toEqual([
    ['code 3', 100],
    ['code 3', 200],
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(children).toHaveLength(started);
});

test('what is not to be started again stays down', async () => {
  const onEnd = vi.fn(() => false);
  const { children } = supervised('process.exit(3)', { onEnd });
  await vi.waitFor(() => expect(onEnd).toHaveBeenCalledWith('code 3', 100), 5_000);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(children).toHaveLength(1);
});

test('stopping asks by SIGTERM and waits for the end, as often as one likes', async () => {
  const { supervision, children, ends } = supervised(
    'process.on("SIGTERM", () => setTimeout(() => process.exit(0), 100)); setInterval(() => {}, 1e3); console.log(1)',
  );
  await new Promise((resolve) => children[0]?.stdout?.once('data', resolve));
  await Promise.all([supervision.stop(), supervision.stop()]);
  await supervision.stop();
  expect(children[0]?.exitCode).toBe(0);
  expect(ends).toEqual([]);
});

test('what does not end in time is killed', async () => {
  const { supervision, children } = supervised(
    'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e3); console.log(1)',
    { graceMs: 50 },
  );
  await new Promise((resolve) => children[0]?.stdout?.once('data', resolve));
  await supervision.stop();
  expect(children[0]?.signalCode).toBe('SIGKILL');
});

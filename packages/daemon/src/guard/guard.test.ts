import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spage } from '@boomerang/protocol';
import { waitFor } from '@boomerang/testkit';
import { expect, test } from 'vitest';
import { EngineClient } from '../../test-support/engine-client.js';
import { testFolder } from '../../test-support/engine-files.js';
import { guarded } from '../../test-support/test-guard.js';
import { bootNowMs } from './boot-clock.js';
import { readEndFile, reserveEndFile, writeEndFile } from './end-file.js';
import { RUN_FILES } from './guard-messages.js';

const { PlayStatus, TaskStatus } = spage.core;

test('what an engine writes, its exit code and what it used are known when it ends', async () => {
  const { run, folder, says } = await guarded(testFolder(), 'echo good; echo bad >&2; exit 3');
  await says('good');
  const end = await run.ended;
  expect(end).toMatchObject({ cause: 'exit', exitCode: 3, signal: null, outputBytes: 9 });
  expect(end.tail).toContain('bad');
  expect(readFileSync(join(folder, RUN_FILES.output), 'utf8')).toContain('good');
  run.forget();
  expect(existsSync(folder)).toBe(false);
});

test('a program that cannot be started is an end like any other', async () => {
  const { run } = await guarded(testFolder(), '', { argv: ['/no/such/program'] });
  expect(await run.ended).toMatchObject({
    cause: 'spawn',
    exitCode: null,
    error: expect.stringContaining('ENOENT'),
  });
});

test('to end is to ask the whole group, and what ignores it is killed', async () => {
  const { run, says, processes } = await guarded(
    testFolder(),
    'trap "" TERM; sh -c "trap \'\' TERM; sleep 60" & echo begun; wait',
    { leaseMs: 2_000, leaseEndsMs: bootNowMs() + 2_000 },
  );
  await says('begun');
  expect(processes().length).toBeGreaterThanOrEqual(2);
  const end = await run.ended;
  expect(end).toMatchObject({ cause: 'lease', signal: 'SIGKILL' });
  expect(end.durationMs).toBeLessThan(2_000);
  expect(processes()).toEqual([]);
});

test('what an engine has started goes with it, also out of its group', async () => {
  const { run, says, processes } = await guarded(testFolder(), 'setsid sleep 60 & sleep 60 & echo begun');
  await says('begun');
  expect(await run.ended).toMatchObject({ cause: 'exit', exitCode: 0 });
  expect(processes()).toEqual([]);
});

test('a lease that is extended goes on, and one that is not ends the engine', async () => {
  const leaseMs = 1_000;
  const begunMs = bootNowMs();
  const { run } = await guarded(testFolder(), 'exec sleep 60', { leaseMs, leaseEndsMs: begunMs + leaseMs });
  const beats = setInterval(() => run.extend(bootNowMs() + leaseMs), 200);
  setTimeout(() => clearInterval(beats), 1_500);
  const end = await run.ended;
  expect(end).toMatchObject({ cause: 'lease', signal: 'SIGTERM' });
  expect(bootNowMs() - begunMs).toBeGreaterThan(1_500);
});

test('a lease that is over before the engine is there starts none', async () => {
  const { run, written } = await guarded(testFolder(), 'echo begun', {
    leaseMs: 1_000,
    leaseEndsMs: bootNowMs(),
  });
  expect(await run.ended).toMatchObject({ cause: 'lease', exitCode: null, outputBytes: 0 });
  expect(written()).toBe('');
});

test('a run that takes too long is ended', async () => {
  const { run } = await guarded(testFolder(), 'exec sleep 60', { timeoutMs: 300 });
  expect(await run.ended).toMatchObject({ cause: 'timeout', signal: 'SIGTERM' });
});

test('a daemon that comes again finds its engine, and hears how it ended while nobody was there', async () => {
  const { run, says, adopt } = await guarded(testFolder(), 'echo begun; sleep 0.5; exit 4');
  await says('begun');
  run.leave();
  const again = await adopt();
  expect(await again.ended).toMatchObject({ exitCode: 4 });
  again.leave();
  const third = await adopt();
  expect(await third.ended).toMatchObject({ exitCode: 4, tail: 'begun\n' });
});

test('an engine whose guard is killed is ended, and how it went is not known', async () => {
  const { run, says, processes, folder } = await guarded(testFolder(), 'echo begun; exec sleep 60');
  await says('begun');
  const guard = Number(readFileSync(join(folder, RUN_FILES.decision), 'utf8').split(' ')[1]);
  process.kill(guard, 'SIGKILL');
  expect(await run.ended).toMatchObject({ cause: 'lost' });
  await waitFor(() => processes().length === 0, { message: 'the end of the engine' });
});

test('a guard whose folder was removed goes when its engine has ended', async () => {
  const { run, says, folder } = await guarded(testFolder(), 'echo begun; sleep 0.3');
  await says('begun');
  const guard = Number(readFileSync(join(folder, RUN_FILES.decision), 'utf8').split(' ')[1]);
  run.leave();
  rmSync(folder, { recursive: true });
  const status = () =>
    existsSync(`/proc/${guard}/status`) ? readFileSync(`/proc/${guard}/status`, 'utf8') : 'gone';
  await waitFor(() => /^gone|^State:\s+Z/m.test(status()), { message: 'the end of the guard' });
});

test('of a guard and a daemon only one decides whether an engine starts', async () => {
  const { folders, runId } = await guarded(testFolder(), 'exit 0');
  expect(folders.forbid(runId)).toBe(false);
  const forbidden = await guarded(testFolder(), 'touch started', {
    folder: (() => {
      const folder = testFolder();
      writeFileSync(join(folder, RUN_FILES.decision), 'forbidden');
      return folder;
    })(),
  });
  expect(await forbidden.run.ended).toMatchObject({ cause: 'never' });
});

test('two megabytes of output are counted, and their end is kept', async () => {
  const { run, folder } = await guarded(
    testFolder(),
    'head -c 2097152 /dev/zero | tr "\\0" x; echo; echo end',
  );
  const end = await run.ended;
  expect(end.outputBytes).toBe(2_097_157);
  expect(end.tail.endsWith('x\nend\n')).toBe(true);
  expect(existsSync(join(folder, `${RUN_FILES.output}.1`))).toBe(true);
});

test('the file of the end keeps room for it, and a longer one leaves nothing of itself behind', () => {
  const file = join(testFolder(), 'end.json');
  reserveEndFile(file);
  expect(readEndFile(file)).toBeUndefined();
  const end = { cause: 'exit', exitCode: 0, tail: 'x'.repeat(50_000) } as const;
  const whole = {
    ...end,
    signal: null,
    error: '',
    startedAtMs: 1,
    endedAtMs: 2,
    durationMs: 1,
    cpuMs: 0,
    reports: 0,
  };
  const all = { ...whole, peakMemoryBytes: 0, outputBytes: 50_000 };
  expect(writeEndFile(file, all)).toBe(true);
  expect(readEndFile(file)).toEqual(all);
  expect(writeEndFile(file, { ...all, tail: '' })).toBe(true);
  expect(readEndFile(file)).toEqual({ ...all, tail: '' });
});

test('what an engine reports outlives a daemon, and is told to the next one from the first on', async () => {
  const { run, says, written, reports, adopt } = await guarded(testFolder(), 'echo "at ADDRESS."; sleep 1.5');
  await says('.');
  const [, address = ''] = /at ([\d.]+:\d+)/.exec(written()) ?? [];
  const engine = new EngineClient(address);
  const steps = engine.stream('streamTaskProgress');
  const play = engine.stream('streamPlayProgress');
  const step = (taskId: number) => ({
    playId: 'any',
    taskId,
    result: {
      taskId,
      taskName: 's',
      status: TaskStatus.TASK_STATUS_COMPLETED,
      output: 'x'.repeat(5_000_000),
    },
  });
  steps.send(step(0));
  await waitFor(() => reports.length === 1, { message: 'the first step' });
  run.leave();
  steps.send(step(1));
  play.send({ playId: 'any', status: PlayStatus.PLAY_STATUS_COMPLETED });
  const again = await adopt();
  const end = await again.ended;
  expect(end).toMatchObject({ exitCode: 0, reports: 3, final: { succeeded: true, error: '' } });
  // The first step is told to both; streams of an engine come in any order.
  expect(reports.map(({ kind }) => kind).sort()).toEqual(['final', 'step', 'step', 'step']);
  expect(steps.error()).toBeUndefined();
});

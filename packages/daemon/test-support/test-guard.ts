import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@boomerang/testkit';
import { onTestFinished } from 'vitest';
import type { EngineReport, GuardOrder } from '../src/guard/guard-messages.js';
import { processesOfRun, signalRun } from '../src/guard/processes.js';
import { EngineRun } from '../src/runs/engine-run.js';
import { RunFolders } from '../src/runs/run-folders.js';

/** The guard as it was built. */
export const guardProgram = fileURLToPath(new URL('../dist/guard/main.js', import.meta.url));

/** Runs a line of shell under a guard; nothing of it outlives the test. */
export async function guarded(state: string, line: string, changes: Partial<GuardOrder> = {}) {
  const folders = new RunFolders(state);
  const runId = randomUUID().slice(0, 18);
  const folder = folders.create({
    runId,
    id: runId,
    engine: 'shell',
    playbook: '',
    inventory: '',
    variables: {},
    priority: 2,
    createdAtMs: Date.now(),
  });
  onTestFinished(() => void signalRun(runId, undefined, 'SIGKILL'));
  let written = Buffer.alloc(0);
  const reports: EngineReport[] = [];
  const listener = {
    started: () => undefined,
    output: (offset: number, chunk: Buffer) => {
      written = Buffer.concat([written, chunk]);
      return offset + chunk.length;
    },
    report: (report: EngineReport) => void reports.push(report),
  };
  const order: GuardOrder = {
    runId,
    folder,
    argv: ['sh', '-c', line],
    env: { PATH: process.env.PATH ?? '' },
    addressMark: 'ADDRESS',
    cwd: undefined,
    timeoutMs: 0,
    leaseMs: 0,
    leaseEndsMs: 0,
    outputFileBytes: 1_048_576,
    ...changes,
  };
  const run = await EngineRun.start(guardProgram, order, folders, listener);
  return {
    run,
    runId,
    folder,
    folders,
    reports,
    written: () => written.toString(),
    processes: () => processesOfRun(runId),
    /** Waits for a word in the output. */
    says: (word: string) => waitFor(() => written.includes(word), { message: `"${word}" in the output` }),
    adopt: () => EngineRun.adopt(runId, folders, listener),
  };
}

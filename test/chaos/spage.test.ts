import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createDaemonProcess,
  type DaemonProcess,
  seededRandom,
  startStack,
  type TestStack,
} from '@boomerang/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SpageClient } from '../../services/gateway/test-support/spage-client.js';
import { type Execution, ExecutionLog } from './support/execution-log.js';
import { COMPLETE } from './support/matrix.js';
import { type Strike, strikeAtRandom, type Victim } from './support/random-strikes.js';

const STRIKES = COMPLETE ? 50 : 3;
const SEED = Number(process.env.BOOMERANG_CHAOS_SEED ?? Date.now() % 1_000_000);
const LEASE_MS = 2_000;
/** Longer than a lease and what comes on top of it before the next execution. */
const LONGEST_STOP_MS = 5_000;
const SUBMIT_EVERY_MS = 150;
const LONGEST_WORK_S = 1.5;
/** A gateway that is stopped answers nothing. */
const CALL_LIMIT_MS = 1_000;
/** From the lease of one execution to the beginning of the next, beside the time of the strike. */
const AFTERMATH_MS = LEASE_MS + 3_000;

let stack: TestStack;
let log: ExecutionLog;
const folder = mkdtempSync(join(tmpdir(), 'spage-chaos-'));
const daemons: DaemonProcess[] = [];
const clients: SpageClient[] = [];

beforeAll(async () => {
  stack = await startStack({ counts: { gateway: 2, scheduler: 2, worker: 2 } });
  log = new ExecutionLog(folder);
  for (const port of stack.grpcPorts) clients.push(new SpageClient(port, stack.token));
  for (const id of ['first', 'second']) {
    const options = { api: stack.grpcPorts, key: stack.token, id, engine: log.engine };
    daemons.push(createDaemonProcess(folder, options));
  }
  await Promise.all(daemons.map((daemon) => daemon.start()));
});
afterAll(async () => {
  for (const client of clients) client.close();
  for (const daemon of daemons) await daemon.stop();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks one gateway after the other until one answers: what is repeated under its own name is the same. */
async function ask<Name extends Parameters<SpageClient['call']>[0]>(
  name: Name,
  request: Parameters<SpageClient['call']>[1],
) {
  for (let n = 0; ; n++) {
    const client = clients[n % clients.length] as SpageClient;
    const late = sleep(CALL_LIMIT_MS, undefined, { ref: false });
    const answer = await Promise.race([client.call(name, request as never).catch(() => undefined), late]);
    if (answer && !(answer as { error?: unknown }).error) return answer;
    await sleep(50);
  }
}

/** Submits at a steady pace until it is told to stop; the names of what was acked. */
async function submitUntil(stop: AbortSignal, random: () => number): Promise<string[]> {
  const names: string[] = [];
  while (!stop.aborted) {
    const taskId = `task-${names.length}`;
    const payload = log.payload(taskId, 0.2 + random() * LONGEST_WORK_S);
    const metadata = { lease_ms: String(LEASE_MS), max_attempts: '100', retry_interval_ms: '100' };
    await ask('submitTask', { taskId, type: 'playbook', payload, metadata });
    names.push(taskId);
    await sleep(SUBMIT_EVERY_MS);
  }
  return names;
}

/** Strikes the process that runs longest of a daemon's engines; it comes again with its task. */
function oneEngineOf(daemon: DaemonProcess): Pick<Victim, 'kill' | 'restart'> {
  let struck: number | undefined;
  return {
    async kill(signal) {
      if (signal !== 'SIGCONT') [struck] = daemon.engines();
      try {
        if (struck !== undefined) process.kill(struck, signal);
      } catch {
        // It has ended by itself meanwhile.
      }
    },
    restart: async () => undefined,
  };
}

function victims(): Victim[] {
  const { gateway, worker } = stack.processes;
  const services = [...gateway, ...worker].map((service, i) => ({
    name: i < gateway.length ? `gateway ${i}` : `worker ${i - gateway.length}`,
    kill: (signal: NodeJS.Signals) => service.kill(signal),
    restart: () => service.restart(),
  }));
  const ofDaemons = daemons.map((daemon, i) => ({
    name: `daemon ${i}`,
    kill: (signal: NodeJS.Signals) => daemon.kill(signal),
    restart: () => daemon.start(),
  }));
  const ofEngines = daemons.map((daemon, i) => ({ name: `engine of daemon ${i}`, ...oneEngineOf(daemon) }));
  return [...services, ...ofDaemons, ...ofEngines];
}

/** Each execution of a task that had been executed before, with the strikes that may be why. */
function restarts(executions: readonly Execution[], strikes: readonly Strike[]) {
  const before = new Map<string, Execution>();
  return executions.flatMap((execution) => {
    const previous = before.get(execution.task);
    before.set(execution.task, execution);
    if (!previous) return [];
    // A worker has no part in what a daemon executes.
    const reasons = strikes.filter(
      ({ name, fromMs, toMs }) =>
        !name.startsWith('worker') && fromMs < execution.beginMs && toMs + AFTERMATH_MS > previous.beginMs,
    );
    return [{ ...execution, previous, reasons }];
  });
}

test(`${STRIKES} kills and stops of gateways, workers, daemons and engines by chance: nothing is lost, and nothing runs twice at one time`, {
  timeout: 60_000 + STRIKES * 8_000,
}, async () => {
  const random = seededRandom(SEED);
  const stop = new AbortController();
  const submitting = submitUntil(stop.signal, seededRandom(SEED + 1));
  const strikes = await strikeAtRandom(victims(), { count: STRIKES, random, longestMs: LONGEST_STOP_MS });
  stop.abort();
  const names = await submitting;
  const completed = async () => {
    const answer = await ask('listTasks', { status: 'completed', limit: 1 });
    return (answer as { total?: number }).total ?? 0;
  };
  await expect.poll(completed, { timeout: 60_000, interval: 250 }).toBe(names.length);

  const executions = log.executions();
  const again = restarts(executions, strikes);
  const told = strikes.map(({ name, how, fromMs, toMs }) => `${name} ${how} for ${toMs - fromMs} ms`);
  console.log(
    [
      `seed ${SEED}: ${names.length} tasks, ${executions.length} executions; struck: ${told.join(', ')}`,
      ...again.map(({ task, beginMs, previous, reasons }) => {
        const why = reasons.map(({ name, how }) => `${name} ${how}`).join(', ');
        return `${task} again after ${beginMs - previous.beginMs} ms (${previous.endMs ? 'it had ended' : 'it was cut off'}): ${why}`;
      }),
    ].join('\n'),
  );
  const ended = new Set(executions.filter(({ endMs }) => endMs !== undefined).map(({ task }) => task));
  expect(names.filter((name) => !ended.has(name))).toEqual([]);
  expect(log.overlaps()).toEqual([]);
  expect(again.filter(({ reasons }) => reasons.length === 0)).toEqual([]);
});

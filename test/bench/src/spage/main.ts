/** Executions: from submission to assignment, how many two daemons get done, and what events cost. */
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MsHistogram } from '../processes/percentiles.js';
import type { Peer } from '../processes/rpc.js';
import type { FollowerMethods } from '../processes/spage-follower-process.js';
import { monotonicMs } from '../processes/spage-wire.js';
import { table } from '../table.js';
import { usageBetween } from '../usage.js';
import { type SpageStack, withSpageStack } from './stack.js';

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '5000' },
    profile: { type: 'string' },
  },
});
const tasks = Number(values.tasks);

const LOOP = { perSecond: 100, seconds: 10 };
/** For the submission of them all before they are due. */
const SUBMITTED_PER_SECOND = 350;
/** scheduled, assigned, running, completed */
const EVENTS_PER_TASK = 4;
const EVENT_COMMANDS = ['xadd', 'xrange', 'xrevrange', 'xinfo'];
const LONGEST_DRAIN_MS = 120_000;

interface Drained {
  readonly perSecond: number;
  readonly redisUs: number;
  readonly gatewayUs: number;
  readonly eventsPerSecond: number;
  /** Of the commands alone that write and read events. */
  readonly commandUs: number;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

await withSpageStack(values.profile, async (stack) => {
  await latency(stack, 'warm-up');
  const { p50, p99, max } = await latency(stack, 'steady');
  process.stdout.write(
    `load of the machine: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}\n`,
  );
  process.stdout.write(
    `submit to assigned, ${LOOP.perSecond}/s: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, max ${max.toFixed(1)} ms\n\n`,
  );
  const followers: Peer<FollowerMethods>[] = [];
  const rows = [
    [
      'followers',
      'tasks/s',
      'events/s each',
      'redis µs/task',
      'gateway µs/task',
      'redis µs/event more',
      'by commands',
    ],
  ];
  let before: Drained | undefined;
  for (let n = 0; n <= 2; n++) {
    if (n > 0) followers.push(await stack.follow());
    const drained = await drain(stack, `drain-${n}`, followers);
    const { perSecond, eventsPerSecond, redisUs, gatewayUs, commandUs } = drained;
    const more = before ? (redisUs - before.redisUs) / EVENTS_PER_TASK : 0;
    before = drained;
    const fine = [more, commandUs].map((x) => x.toFixed(1));
    rows.push([
      String(n),
      ...[perSecond, eventsPerSecond, redisUs, gatewayUs].map((x) => x.toFixed(0)),
      ...fine,
    ]);
  }
  process.stdout.write(`${table(rows)}\n`);
});
process.exit(0);

async function latency({ submitter, daemons }: SpageStack, prefix: string) {
  const submitted = new Map(await submitter.call('openLoop', { ...LOOP, prefix }));
  await until(async () => (await assigned(daemons)) >= submitted.size);
  const histogram = new MsHistogram();
  for (const daemon of daemons) {
    for (const [name, atMs] of await daemon.call('take', undefined))
      histogram.record(atMs - (submitted.get(name) ?? Number.NaN));
  }
  return histogram.percentiles();
}

/** All tasks are due at one moment, and long submitted; the rate is from then to the last assignment. */
async function drain(
  { submitter, daemons, usage }: SpageStack,
  prefix: string,
  followers: readonly Peer<FollowerMethods>[],
): Promise<Drained> {
  process.stderr.write(`bench: ${prefix}\n`);
  const begun = await usage();
  const inMs = (tasks / SUBMITTED_PER_SECOND) * 1_000 + 1_000;
  const dueAt = monotonicMs() + inMs;
  await submitter.call('burst', { prefix, count: tasks, inFlight: 64, atMs: Math.round(Date.now() + inMs) });
  if (monotonicMs() > dueAt) process.stderr.write('bench: the submission took longer than it had\n');
  const told = Promise.all(followers.map((follower) => seen(follower, dueAt)));
  await until(async () => (await assigned(daemons)) >= tasks);
  const last = (await Promise.all(daemons.map((daemon) => daemon.call('take', undefined)))).flat();
  const endedAt = Math.max(...last.map(([, atMs]) => atMs));
  const [first = 0] = await told;
  const used = usageBetween(begun, await usage());
  return {
    perSecond: (tasks * 1_000) / (endedAt - dueAt),
    redisUs: (used.redis * 1e6) / tasks,
    gatewayUs: ((used.processes.gateway ?? 0) * 1e6) / tasks,
    eventsPerSecond: first,
    commandUs:
      EVENT_COMMANDS.reduce((sum, name) => sum + (used.commands[name]?.microseconds ?? 0), 0) /
      (tasks * EVENTS_PER_TASK),
  };
}

/** Events per second from the due time until all were seen. @throws when some are missing. */
async function seen(follower: Peer<FollowerMethods>, dueAt: number): Promise<number> {
  const expected = tasks * EVENTS_PER_TASK;
  await until(async () => (await follower.call('count', undefined)) >= expected);
  const endedAt = monotonicMs();
  const count = await follower.call('take', undefined);
  if (count !== expected) throw new Error(`${count} events were seen, of ${expected}`);
  return ((count - tasks) * 1_000) / (endedAt - dueAt);
}

async function assigned(daemons: SpageStack['daemons']): Promise<number> {
  const counts = await Promise.all(daemons.map((daemon) => daemon.call('count', undefined)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const endsAt = monotonicMs() + LONGEST_DRAIN_MS;
  while (!(await done())) {
    if (monotonicMs() > endsAt) throw new Error('it took too long: something is lost');
    await sleep(20);
  }
}

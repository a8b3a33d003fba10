import { connect, createHttpReceiver } from '@boomerang/client';
import type { DeadLetter } from '@boomerang/domain';
import { connectRedis, loadPartitions, type RedisConnection, readDeadLetters } from '@boomerang/redis';
import { createResources, type Environment, type Resources } from '@boomerang/runtime';
import { Arrivals } from '../demo/arrivals.js';
import { measureClockOffset } from '../demo/clock-offset.js';
import { type DemoStack, openLog, startDemoStack } from '../demo/demo-stack.js';
import { judge } from '../demo/expectations.js';
import { createPaint } from '../demo/paint.js';
import { Reporter } from '../demo/reporter.js';
import { PlanRun } from '../demo/run-plan.js';
import { plan } from '../demo/task-plan.js';
import { readyLine } from '../stack/ready-line.js';
import { aborted } from '../stop-signal.js';
import { tell } from '../tell.js';

export interface DemoOptions {
  /** Whether to leave everything running until the signal is aborted. */
  readonly keep: boolean;
}

/** Sends tasks of every kind on their way; true if all came back that should, and nothing else did. */
export async function demo(env: Environment, signal: AbortSignal, { keep }: DemoOptions): Promise<boolean> {
  const coloured = process.stdout.isTTY && !env.NO_COLOR;
  const reporter = new Reporter(createPaint(coloured), (line) => void process.stdout.write(`${line}\n`));
  const log = openLog();
  const resources = createResources();
  let good = false;
  try {
    reporter.note('starting Redis, gateway, scheduler and worker');
    const stack = await startDemoStack(env, signal, log.descriptor, resources);
    good = await show(stack, signal, reporter, resources);
    if (keep) {
      process.stdout.write(readyLine(stack, stack.redisUrl));
      await aborted(signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    tell('stopped before the end');
  } finally {
    await resources.closeAll();
    if (good || signal.aborted) log.remove();
    else tell(`what the services logged is in ${log.file}`);
  }
  return good;
}

async function show(
  { ports, redisUrl, token }: DemoStack,
  signal: AbortSignal,
  reporter: Reporter,
  resources: Resources,
): Promise<boolean> {
  const redis = await connectRedis({ url: redisUrl, name: 'demo' });
  resources.defer('redis connection', () => redis.disconnect());
  const clock = await measureClockOffset(redis);
  const arrivals = new Arrivals(clock.offsetMs);
  const run = new PlanRun({ plan, arrivals, reporter, signal });
  const receiver = await createHttpReceiver({ onCallback: run.onCallback });
  resources.defer('receiver', () => receiver.close());
  const connection = await connect({ port: ports.tcp });
  resources.defer('connection', () => connection.close());

  await run.openSessions(connection, token, receiver.url);
  reporter.note(`sessions are open on 127.0.0.1:${ports.tcp}; callbacks go to ${receiver.url}\n`);
  await run.register();
  await run.finish();

  const deadLetters = await allDeadLetters(redis);
  for (const letter of deadLetters) reporter.deadLetter(Buffer.from(letter.payload).toString(), letter);
  const expectations = judge(plan, {
    arrivals,
    taskIds: run.taskIds,
    deadLetters,
    clockErrorMs: clock.errorMs,
  });
  reporter.summary(plan, arrivals, clock.errorMs);
  reporter.verdict(expectations);
  return expectations.every(({ missing }) => missing === undefined);
}

async function allDeadLetters(redis: RedisConnection): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of readDeadLetters(redis, await loadPartitions(redis, 1))) letters.push(letter);
  return letters;
}

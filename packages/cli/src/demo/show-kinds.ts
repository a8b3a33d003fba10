import { connect, createHttpReceiver } from '@boomerang/client';
import type { DeadLetter } from '@boomerang/domain';
import { connectRedis, loadPartitions, type RedisConnection, scanDeadLetters } from '@boomerang/redis';
import type { Resources } from '@boomerang/runtime';
import { Arrivals } from './arrivals.js';
import { measureClockOffset } from './clock-offset.js';
import type { DemoStack } from './demo-stack.js';
import { judge } from './expectations.js';
import type { Reporter } from './reporter.js';
import { PlanRun } from './run-plan.js';
import { plan } from './task-plan.js';

/** Shows tasks of every kind over HTTP. Returns whether the expectations are met. */
export async function showKinds(
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
  for (const { payload, policy, history } of deadLetters) {
    reporter.deadLetter(Buffer.from(payload).toString(), `in bucket ${policy.dlq.destination}`, history);
  }
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
  for await (const letter of scanDeadLetters(redis, await loadPartitions(redis, 1))) letters.push(letter);
  return letters;
}

import { connect, type Session } from '@boomerang/client';
import { connectRedis } from '@boomerang/redis';
import { NatsServerMissingError } from '@boomerang/redis-server';
import type { Resources } from '@boomerang/runtime';
import { Arrivals } from '../arrivals.js';
import { measureClockOffset } from '../clock-offset.js';
import type { DemoStack } from '../demo-stack.js';
import type { Reporter } from '../reporter.js';
import { openDeadLetterStream } from './dead-letter-stream.js';
import { openDeadLetterWebhook } from './dead-letter-webhook.js';
import type { Destinations, OnForwarded } from './forwarded.js';
import { WiresRun } from './run-wires.js';
import { createSigningClient } from './signing-client.js';
import { judgeWires } from './wire-expectations.js';
import { wirePlan as plan, type WireTask } from './wire-plan.js';
import { openWireReceivers } from './wire-receivers.js';

/**
 * Shows a task over each protocol, each verdict, and dead letters that are forwarded and replayed. Returns whether the
 * expectations are met.
 */
export async function showWires(
  stack: DemoStack,
  signal: AbortSignal,
  reporter: Reporter,
  resources: Resources,
): Promise<boolean> {
  const redis = await connectRedis({ url: stack.redisUrl, name: 'demo' });
  resources.defer('redis connection', () => redis.disconnect());
  const clock = await measureClockOffset(redis);
  const arrivals = new Arrivals(clock.offsetMs);
  const run = new WiresRun({ plan, arrivals, reporter, signal });
  const signer = await createSigningClient(redis, stack);
  const callbacks = await openWireReceivers(run.onCallback, signer.secret, resources);
  const { urls, problems } = await openDestinations(run.onForwarded, reporter, resources);
  const connection = await connect({ port: stack.ports.tcp });
  resources.defer('connection', () => connection.close());
  reporter.note(
    `a receiver for each wire is there; dead letters go to ${Object.values(urls).join(' and ')}\n`,
  );

  const sessions = new Map<WireTask, Session>();
  for (const task of plan) {
    const destination = task.forwardTo ? urls[task.forwardTo] : 'demo';
    if (destination === undefined) continue;
    const token = task.kind === 'HTTP raw, signed' ? signer.token : stack.token;
    const policy = { token, callback: callbacks[task.kind], dlq: { destination } };
    sessions.set(task, await run.register(connection, task, policy));
  }
  await run.finish(sessions);

  const { journeys, forwarded } = run;
  const expectations = judgeWires(plan, {
    arrivals,
    journeys,
    forwarded,
    problems,
    clockErrorMs: clock.errorMs,
  });
  reporter.summary(plan, arrivals, clock.errorMs);
  reporter.verdict(expectations);
  return expectations.every(({ missing }) => missing === undefined);
}

async function openDestinations(
  onForwarded: OnForwarded,
  reporter: Reporter,
  resources: Resources,
): Promise<Destinations> {
  const webhook = await openDeadLetterWebhook(onForwarded, resources);
  try {
    const stream = await openDeadLetterStream(onForwarded, resources);
    return { urls: { webhook, NATS: stream }, problems: {} };
  } catch (error) {
    if (!(error instanceof NatsServerMissingError)) throw error;
    reporter.note(error.message);
    return { urls: { webhook }, problems: { NATS: 'there is no nats-server here' } };
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { connect, openSession } from '@boomerang/client';
import { redisNow, startHaproxy, startStack } from '@boomerang/testkit';
import type { ReceiverMethods } from '../processes/receiver-process.js';
import { startPeer } from '../processes/rpc.js';
import { resultOf, resultOfRecurring } from './account.js';
import { Fleet } from './fleet.js';
import { type RollingOptions, readOptions, USAGE } from './options.js';
import { ReconnectingSession } from './reconnecting-session.js';
import { RecurringTasks } from './recurring-tasks.js';
import { CALM, isGood, report } from './report.js';
import { SEAM_MS, SteadyLoad } from './steady-load.js';

/** Longer than the pause before a retry: what arrives twice has arrived twice by then. */
const LAST_DOUBLES_MS = 1_500;
const CONNECTIONS = 4;
/** Services that were added work this long before they go again. */
const WORK_MS = 3_000;
const ROUNDS = 2;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const options = optionsOrExit();
const stack = await startStack({ counts: { gateway: 3 } });
const servers = stack.tcpPorts.map((tcpPort, i) => ({
  tcpPort,
  httpPort: stack.httpPorts.gateway[i] as number,
}));
const haproxy = await startHaproxy(servers);
const fleet = await Fleet.of(stack);
const receiver = startPeer<ReceiverMethods>('receiver');
await receiver.call('followClock', stack.redis.url);

const callback = { protocol: 'HTTP', endpoint: await receiver.call('url', undefined) } as const;
const opened = await openSession(await connect({ port: haproxy.port }), { token: stack.token, callback });
const sessions = Array.from(
  { length: CONNECTIONS },
  () => new ReconnectingSession(haproxy.port, opened.sessionId),
);
const load = new SteadyLoad(sessions, options.perSecond);
const recurring = new RecurringTasks(sessions[0] as ReconnectingSession);

await during('warm-up', calm);
await recurring.register();
await during(CALM, calm);
for (let round = 1; round <= ROUNDS; round++) {
  await during(`gateways replaced, ${round}`, () => fleet.replaceGateways());
  await during(`scheduler replaced, ${round}`, () => fleet.replace('scheduler'));
  await during(`worker replaced, ${round}`, () => fleet.replace('worker'));
}
for (const [name, most] of [
  ['scheduler', 3],
  ['worker', 8],
] as const) {
  await during(`${name}s 1 to ${most}`, () => fleet.scaleUp(name, most));
  await during(`${most} ${name}s`, () => sleep(WORK_MS));
  await during(`${name}s ${most} to 1`, () => fleet.scaleDown(name, 1));
}
await during('calm at last', calm);
await load.end();
const due = await recurring.cancel(await redisNow(stack.redis.redis));
await sleep(SEAM_MS + LAST_DOUBLES_MS);

const phases = await Promise.all(load.phases.map((phase) => resultOf(receiver, phase)));
const recurred = await resultOfRecurring(receiver, recurring.runs, due);
await receiver.stop();
await haproxy.stop();
await stack.stop();
const reconnects = sessions.reduce((sum, session) => sum + session.reconnects, 0);
process.stdout.write(`\n${report({ phases, recurred, fleet, reconnects })}\n`);
process.exit(isGood({ phases, recurred, fleet }, options.mostTimesCalm) ? 0 : 1);

/** A phase begins when nothing of the one before is due any more, and ends when what was begun has settled. */
async function during(name: string, change: () => Promise<unknown>): Promise<void> {
  process.stderr.write(`bench: ${name}\n`);
  load.begin(name);
  await sleep(SEAM_MS);
  await change();
}

function calm(): Promise<void> {
  return sleep(options.calmSeconds * 1_000);
}

function optionsOrExit(): RollingOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    process.exit(2);
  }
}

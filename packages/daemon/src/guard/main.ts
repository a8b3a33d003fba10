import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { reserveEndFile } from './end-file.js';
import { Guard } from './guard.js';
import { type GuardOrder, RUN_FILES } from './guard-messages.js';

/*
 * The process that starts an engine and watches over it. Its order comes on standard input, which ends: a daemon that died in
 * the middle of it has started nothing. A daemon that is started anew may have decided meanwhile that this run never began:
 * only one of the two can make the file of the decision.
 */
const order = JSON.parse(await text(process.stdin)) as GuardOrder;
const reports = mentionsAddress(order) ? await openReportServer() : undefined;
const guard = new Guard(
  order,
  () => reports?.openStreams() ?? 0,
  () => process.exit(0),
);
const address = (await reports?.start((report) => guard.hear(report))) ?? '';

// What a terminal sends to everything is meant for the daemon, which tells its guards.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

reserveEndFile(join(order.folder, RUN_FILES.end));
await guard.listen();
writeFileSync(join(order.folder, RUN_FILES.decision), `started ${process.pid}`, { flag: 'wx', mode: 0o600 });
process.on('SIGTERM', () => guard.abandon());
process.on('uncaughtException', () => guard.abandon());
guard.start(address);
process.stdout.on('error', () => undefined);
process.stdout.write('started\n');

function mentionsAddress({ argv, env, addressMark }: GuardOrder): boolean {
  return [...argv, ...Object.values(env)].some((text) => text.includes(addressMark));
}

/** gRPC takes a while to load, and many engines don't report. */
async function openReportServer() {
  const { createReportServer } = await import('./report-server.js');
  return createReportServer();
}

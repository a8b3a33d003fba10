import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PosterMethods } from '../processes/poster-process.js';
import { startPeer } from '../processes/rpc.js';
import { table } from '../table.js';

const RUNS = 7;
const COUNT = 10_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const receiver = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.end());
});
await once(receiver.listen(0, '127.0.0.1'), 'listening');
const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
const own = startPeer<PosterMethods>('poster');
const undici = startPeer<PosterMethods>('poster');

const rows = [['CPU µs per POST', 'own: median', 'all', 'undici: median', 'all']];
for (const inFlight of [1, 64]) {
  const loop = { url, count: COUNT, inFlight };
  const measured = { own: [] as number[], undici: [] as number[] };
  // One after the other and again, so that what else the machine does meets both; the first of each is a warm-up.
  for (let run = 0; run <= RUNS; run++) {
    process.stderr.write(`bench: ${inFlight} in flight, run ${run} of ${RUNS}\n`);
    measured.own.push(await own.call('own', loop));
    measured.undici.push(await undici.call('undici', loop));
  }
  const cells = Object.values(measured).flatMap((all) => {
    const counted = all.slice(1).sort((a, b) => a - b);
    return [median(counted).toFixed(1), counted.map((each) => each.toFixed(0)).join(' ')];
  });
  rows.push([`${inFlight} in flight`, ...cells]);
}
await Promise.all([own.stop(), undici.stop()]);
process.stdout.write(`${table(rows)}\n`);
process.exit(0);

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

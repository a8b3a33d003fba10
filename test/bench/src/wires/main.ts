import { Bench } from '../bench.js';
import { drainRate, measure } from '../measure.js';
import { readOptions } from '../options.js';
import type { SessionRequest } from '../processes/load-process.js';
import { type Stack, withStack } from '../stack.js';
import { table } from '../table.js';

/** Registered at this pace or faster before the first is due, and due within so short a time that they queue. */
const LOAD = { count: 10_000, startsInMs: 6_000, windowMs: 200, inFlight: 256 };
const WARM_UP = { count: 1_000, startsInMs: 1_000, windowMs: 500, inFlight: 256 };

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const bench = await Bench.open(readOptions([]));
const rows = [
  ['', 'callbacks/s', `connections per ${LOAD.count}`, 'lost', 'worker µs each', 'receiver µs each'],
];
await withStack(bench, async (stack) => {
  for (const [name, callback] of Object.entries(await wires())) await measureWire(stack, name, callback);
});
// Nobody hears of a datagram that a full socket drops: those that were only sent may be lost, and are counted.
const faults = (await bench.faults()).filter(
  ({ name, doubled, early }) => !name.startsWith('UDP: ') || doubled + early > 0,
);
await bench.close();
process.stdout.write(`\n${table(rows)}\n\nfaults: ${JSON.stringify(faults)}\n`);
process.exit(faults.length > 0 ? 1 : 0);

async function wires(): Promise<Record<string, SessionRequest['callback']>> {
  const { grpc, tcp, udp } = await bench.receiver.call('openWires', undefined);
  return {
    HTTP: { protocol: 'HTTP', endpoint: bench.endpoint },
    gRPC: { protocol: 'GRPC', endpoint: grpc },
    TCP: { protocol: 'TCP', endpoint: tcp },
    'UDP with acks': { protocol: 'UDP', endpoint: udp, acked: true },
    'UDP: sent': { protocol: 'UDP', endpoint: udp },
  };
}

async function measureWire(stack: Stack, name: string, callback: SessionRequest['callback']): Promise<void> {
  process.stderr.write(`bench: ${name}\n`);
  const client = await stack.openLoad({ callback });
  const run = (what: string, load: typeof LOAD) =>
    measure(bench, what, stack.usage, (run) => client.call('burst', { ...load, run }));
  const before = await bench.receiver.call('connections', undefined);
  await run(`${name}, warm-up`, WARM_UP);
  const measured = await run(name, LOAD);
  const connections = (await bench.receiver.call('connections', undefined)) - before;
  await client.stop();
  const lost = measured.registered.count - measured.arrived.received;
  const { worker = 0, receiver = 0 } = measured.perTask;
  rows.push([name, ...[drainRate(measured), connections, lost, worker, receiver].map((n) => n.toFixed(0))]);
}

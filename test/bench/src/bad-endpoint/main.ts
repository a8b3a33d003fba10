import { parseArgs } from 'node:util';
import { Bench } from '../bench.js';
import type { BadReceiverMethods } from '../processes/bad-receiver-process.js';
import { startPeer } from '../processes/rpc.js';
import { withStack } from '../stack.js';
import { runHangingEndpoint } from './hanging-endpoint.js';
import { runSameOrigin } from './same-origin.js';

const { values } = parseArgs({
  options: {
    others: { type: 'string', default: '300' },
    due: { type: 'string', default: '10000' },
    within: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '30' },
    'same-origin': { type: 'boolean', default: false },
  },
});
const tell = (what: string) => process.stderr.write(`bench: ${what}\n`);
const load = { others: Number(values.others), seconds: Number(values.seconds), tell };

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const bench = await Bench.open({ only: new Set(), parked: 0, json: undefined, profile: undefined });
const figures = await (values['same-origin'] ? runSameOrigin(bench, load) : beside());
const faults = await bench.faults();
const verdict =
  faults.length === 0
    ? 'No task of the others was lost, doubled or early.'
    : `FAULTS ${JSON.stringify(faults)}`;
process.stdout.write(`\n${figures}\n\n${verdict}\n`);
await bench.close();
process.exit(faults.length === 0 ? 0 : 1);

async function beside(): Promise<string> {
  const bad = startPeer<BadReceiverMethods>('bad-receiver');
  const flood = { due: Number(values.due), withinMs: Number(values.within) };
  return withStack(bench, (stack) => runHangingEndpoint(bench, stack, { ...load, ...flood, bad })).finally(
    () => bad.stop(),
  );
}

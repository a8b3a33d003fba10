import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { spageApiService } from '@boomerang/protocol';
import { createDaemonProcess, playbookFolder, startStack, type TestStack, waitFor } from '@boomerang/testkit';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { table } from '../table.js';

/*
 * How long it takes from a submission to the first instruction of its engine, by the clock of this host: the engine is a shell
 * that notes the time. One task at a time, so that nothing waits for a slot.
 */
const { values } = parseArgs({ options: { count: { type: 'string', default: '200' } } });
const count = Number(values.count);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const folder = playbookFolder({});
writeFileSync(
  join(folder, 'note.sh'),
  `date +%s%N > ${folder}/began.new; mv ${folder}/began.new ${folder}/began-$1`,
);
const stack = await startStack();
const engine = { command: ['sh', '{playbook}', '{payload.number}'], folders: [folder] };
const daemon = createDaemonProcess(folder, { api: stack.grpcPorts, key: stack.token, id: 'bench', engine });
await daemon.start();
const took: number[] = [];
for (let number = 0; number < count; number++) took.push(await measure(stack, number));
const sorted = took.slice(1).sort((a, b) => a - b);
const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(0);
process.stdout.write(
  `${table([
    ['submit to first instruction, ms', 'p50', 'p99', 'max'],
    [`${count} tasks`, at(0.5), at(0.99), at(0.9999)],
  ])}\n`,
);
await daemon.stop();
await stack.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);

async function measure({ grpcPorts, token }: TestStack, number: number): Promise<number> {
  const beganAt = Date.now();
  await submit(grpcPorts[0] as number, token, number);
  const file = join(folder, `began-${number}`);
  const began = await waitFor(() => read(file), { message: `the engine of task ${number}` });
  return Number(began) / 1e6 - beganAt;
}

function submit(port: number, token: string, number: number): Promise<void> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = spageApiService.submitTask;
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  const request = { type: 'playbook', payload: { playbook: 'note.sh', number: String(number) } };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, (error) => {
      client.close();
      if (error) reject(error);
      else resolve();
    });
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

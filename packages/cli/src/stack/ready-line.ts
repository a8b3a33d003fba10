import { redactText } from '@boomerang/runtime';
import type { StackAddresses } from '../state/stack-file.js';
import type { Stack } from './start-stack.js';

/** The line that tells programs all ports and the development client's key. A password in Redis's URL is hidden. */
export function readyLine({ ports, token }: Stack, redis: string): string {
  const { tcp, grpc, http, scheduler, worker } = ports;
  return `${JSON.stringify({ ready: true, tcp, grpc, http, scheduler, worker, redis: redactText(redis), token })}\n`;
}

/** The same for people, with what to try first. */
export function readyText(
  { ports, token }: Stack,
  { redis, http, gateway }: StackAddresses,
  log: string,
): string {
  const rows = [
    ['HTTP API', http],
    ['envelopes', gateway],
    ['gRPC', `${new URL(http).hostname}:${ports.grpc}`],
    ['Redis', redactText(redis.url)],
    ['key', token],
    ['logs', log],
  ];
  const lines = rows.map(([name = '', value]) => `  ${name.padEnd(10)} ${value}`);
  const tries = ['boomerang listen', "boomerang register 'hello' --in 2s --to http://127.0.0.1:9000/"];
  return [
    'Boomerang is ready; Ctrl-C stops it.',
    ...[...lines, '', 'Try in two other terminals:', ...tries.map((line) => `  ${line}`), ''],
  ].join('\n');
}

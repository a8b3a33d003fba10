import { redactText } from '@boomerang/runtime';
import type { Stack } from './start-stack.js';

/** The line that tells programs all ports and the development client's key. A password in Redis's URL is hidden. */
export function readyLine({ ports, token }: Stack, redis: string): string {
  const { tcp, grpc, http, scheduler, worker } = ports;
  return `${JSON.stringify({ ready: true, tcp, grpc, http, scheduler, worker, redis: redactText(redis), token })}\n`;
}

import { redactText } from '@boomerang/runtime';
import type { Stack } from './start-stack.js';

/** The one line that tells programs where everything is; a password in Redis's URL is not among it. */
export function readyLine({ ports, token }: Stack, redis: string): string {
  const { tcp, http, scheduler, worker } = ports;
  return `${JSON.stringify({ ready: true, tcp, grpc: null, http, scheduler, worker, redis: redactText(redis), token })}\n`;
}

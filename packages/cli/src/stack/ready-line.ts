import type { Stack } from './start-stack.js';

/** The one line that tells programs where everything is. */
export function readyLine({ ports, token }: Stack, redis: string): string {
  const { tcp, http, scheduler, worker } = ports;
  return `${JSON.stringify({ ready: true, tcp, grpc: null, http, scheduler, worker, redis, token })}\n`;
}

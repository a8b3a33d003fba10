import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Registration, resumeSession, type Session } from '@boomerang/client';
import type { AckedTask } from './promises.js';

/** Registers the `n`th task. */
export type Register = (session: Session, n: number) => Promise<Registration>;

/** Registers steadily with one gateway, over a new connection whenever it ends the old one; what was acked. */
export async function registerUntil(
  stop: AbortSignal,
  sessionId: string,
  port: number,
  register: Register = (session, n) => session.setTimeout('once', (n * 13) % 2_000),
): Promise<AckedTask[]> {
  const acked: AckedTask[] = [];
  let session: Session | undefined;
  while (!stop.aborted) {
    await sleep(5);
    try {
      session ??= resumeSession(await connect({ port }), sessionId);
      acked.push({ ...(await register(session, acked.length)), intervalMs: 0 });
    } catch {
      session = undefined;
    }
  }
  return acked;
}

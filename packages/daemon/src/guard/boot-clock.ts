import { readFileSync } from 'node:fs';

/**
 * Milliseconds since the machine started, in which it may have slept. All processes of a machine count the same, so that one
 * can tell another a moment. `performance.now()` stands still while a machine sleeps: an engine would outlive its lease.
 */
export function bootNowMs(): number {
  return uptimeMs() ?? Number(process.hrtime.bigint() / 1_000_000n);
}

/** Only Linux has the file; elsewhere the clock that stands still has to do. */
function uptimeMs(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return Math.round(Number(readFileSync('/proc/uptime', 'latin1').split(' ', 1)[0]) * 1_000);
}

import { createHmac } from 'node:crypto';
import type { Submission } from '@boomerang/domain';

/** Tells the content of a submission from others, and nothing of it to whoever has not the pepper: 16 bytes. */
export function submissionFingerprint(
  pepper: string,
  { name, type, priority, payload, metadata }: Submission,
): Buffer {
  const content = JSON.stringify([name, type, priority, sorted(payload), sorted(metadata)]);
  return createHmac('sha256', pepper).update(`boomerang submission ${content}`).digest().subarray(0, 16);
}

/** The order in which a map arrives says nothing. */
function sorted(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

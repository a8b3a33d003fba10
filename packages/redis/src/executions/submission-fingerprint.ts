import { createHmac } from 'node:crypto';
import type { Submission } from '@boomerang/domain';

/** Identifies the content of a submission, 16 bytes. Without the pepper nothing can be learned about the content. */
export function submissionFingerprint(
  pepper: string,
  { name, type, priority, payload, metadata }: Submission,
): Buffer {
  const content = JSON.stringify([name, type, priority, sorted(payload), sorted(metadata)]);
  return createHmac('sha256', pepper).update(`boomerang submission ${content}`).digest().subarray(0, 16);
}

/** Sorted, because the order in which a map arrives has no meaning. */
function sorted(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

import { createHmac } from 'node:crypto';
import type { NewTask } from '@boomerang/domain';
import type { Name } from './name-of.js';

/**
 * Identifies the content of a registration, 16 bytes. Without the pepper nothing can be learned about the content. All
 * releases have to compute the same: a field that a later release adds is left out if it has its default.
 */
export function contentFingerprint(
  pepper: string,
  name: Name,
  { payload, delayMs, atMs, repeatIntervalMs, calendar, tags, expiry, recurrence, ownPolicy }: NewTask,
  policyHash: Uint8Array,
): Buffer {
  const at = atMs === undefined ? '' : ` at ${atMs}`;
  const by = calendar ? ` ${calendar.timeZone} ${calendar.cron}` : '';
  const tagged = tags && tags.length > 0 ? ` tags ${tags.join(',')}` : '';
  const ends = [expiry, recurrence].map((terms) => (terms ? ` ${JSON.stringify(terms)}` : '')).join('');
  const under = ownPolicy ? ` ${Buffer.from(policyHash).toString('hex')}` : '';
  return createHmac('sha256', pepper)
    .update(
      `boomerang registration ${name.text} ${delayMs} ${repeatIntervalMs}${at}${by}${tagged}${ends}${under}\0`,
    )
    .update(payload)
    .digest()
    .subarray(0, 16);
}

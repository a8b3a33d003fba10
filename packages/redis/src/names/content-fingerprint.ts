import { createHmac } from 'node:crypto';
import type { NewTask } from '@boomerang/domain';
import type { Name } from './name-of.js';

/**
 * Tells the content of a registration from others, and nothing of it to whoever has not the pepper: 16 bytes. Of two
 * releases each has to find the same: a field that is added later goes in only where it is not its default.
 */
export function contentFingerprint(
  pepper: string,
  name: Name,
  { payload, delayMs, repeatIntervalMs, calendar }: NewTask,
): Buffer {
  const by = calendar ? ` ${calendar.timeZone} ${calendar.cron}` : '';
  return createHmac('sha256', pepper)
    .update(`boomerang registration ${name.text} ${delayMs} ${repeatIntervalMs}${by}\0`)
    .update(payload)
    .digest()
    .subarray(0, 16);
}

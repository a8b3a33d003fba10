import { MAX_DELAY_MS, MAX_PAYLOAD_BYTES, MIN_REPEAT_INTERVAL_MS } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import { checkWhole } from '../arguments/check-values.js';
import { invalidArgument } from '../arguments/invalid-argument.js';
import { type Bytes, toBytes } from '../arguments/to-bytes.js';

const DELAY = { least: 0, most: MAX_DELAY_MS, unit: 'milliseconds' };
const INTERVAL = { least: MIN_REPEAT_INTERVAL_MS, most: MAX_DELAY_MS, unit: 'milliseconds' };

/**
 * A task as it is registered.
 *
 * @param intervalMs undefined: once.
 * @throws BoomerangClientError `INVALID_REQUEST`.
 */
export function toTask(payload: Bytes, delayMs: number, intervalMs?: number): boomerang.Task.$Properties {
  const bytes = toBytes('payload', payload);
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw invalidArgument('payload', `${bytes.length} bytes`, `at most ${MAX_PAYLOAD_BYTES} bytes (1 MiB)`);
  }
  return {
    payload: bytes,
    repeatIntervalMs: intervalMs === undefined ? 0 : checkWhole('intervalMs', intervalMs, INTERVAL),
    delayMs: checkWhole('delayMs', delayMs, DELAY),
  };
}

import { BoomerangClientError } from '../connection/client-error.js';

/**
 * Refuses what the wire can't carry and would turn into another number; the service knows the real limits.
 *
 * @throws BoomerangClientError `INVALID_REQUEST`.
 */
export function wholeMs(field: string, value: number, least: 0 | 1): number {
  return whole(field, value, least, 'whole milliseconds');
}

/** As `wholeMs`, for what is counted from 0. */
export function wholeCount(field: string, value: number): number {
  return whole(field, value, 0, 'whole numbers');
}

function whole(field: string, value: number, least: 0 | 1, kind: string): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new BoomerangClientError(
    'INVALID_REQUEST',
    `${field}: ${value} is out of range; allowed: ${kind} from ${least}`,
  );
}

import type { Reservation } from './name-fate.js';

/** Undefined when only a newer release can read it. Its layout stands in `scripts/lib/names.lua`. */
export function decodeReservation(value: Buffer): Reservation | undefined {
  if (value[0] !== 1) return undefined;
  return { reservedMs: value.readUIntBE(1, 6), lifetimeMs: value.readUIntBE(7, 6) };
}

import type { AttemptFailure } from '@boomerang/domain';
import { decodeHistory } from './history-codec.js';

export const TOKEN_BYTES = 12;
/** The last byte of a token says why the occurrence was given back if the others are zero: then nobody has it. */
const REASON_AT = TOKEN_BYTES - 1;
const STATE_BYTES = 26;

/** An occurrence from its first claim to its end. */
export interface OccurrenceState {
  readonly token: Buffer;
  readonly leased: boolean;
  /** Attempts that are counted, the one under way included. */
  readonly attempts: number;
  /** From 1. */
  readonly occurrence: number;
  /** Unix epoch ms. */
  readonly scheduledTimeMs: number;
  readonly history: readonly AttemptFailure[];
}

/** The layout is that of `scripts/lib/record.lua`. */
export function decodeOccurrenceState(state: Buffer): OccurrenceState {
  const token = state.subarray(0, TOKEN_BYTES);
  return {
    token,
    leased: token.subarray(0, REASON_AT).some((byte) => byte !== 0),
    attempts: state.readUInt16BE(TOKEN_BYTES),
    occurrence: state.readUIntBE(TOKEN_BYTES + 2, 6),
    scheduledTimeMs: state.readUIntBE(TOKEN_BYTES + 8, 6),
    history: decodeHistory(state.subarray(STATE_BYTES)),
  };
}

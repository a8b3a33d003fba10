import { BoomerangError, invalidField } from '../errors.js';
import { requireWholeNumber } from '../whole-number.js';
import { requirePayloadFits, requireRepeatInterval } from './task.js';
import { MAX_DELAY_MS } from './time-bounds.js';

/** What is to become of a task that has not ended. What is undefined stays as it is. */
export interface TaskChange {
  /** Milliseconds from now to the next occurrence, 0 to ten years. */
  readonly delayMs?: number | undefined;
  /** Unix epoch ms of the next occurrence, in the place of `delayMs`. A time that has passed means now. */
  readonly atMs?: number | undefined;
  /** Milliseconds between occurrences, 100 to ten years. It counts from the next occurrence on. */
  readonly repeatIntervalMs?: number | undefined;
  readonly payload?: Uint8Array | undefined;
  /**
   * Whether the interval of a recurring task counts from the new time on. Otherwise only the next occurrence is moved, and those behind it
   * stay in the task's phase.
   */
  readonly newPhase: boolean;
}

/** @throws BoomerangError `invalid_request` naming the field and what is allowed. */
export function validateTaskChange({ delayMs, atMs, repeatIntervalMs, payload, newPhase }: TaskChange): void {
  if ((delayMs ?? atMs ?? repeatIntervalMs ?? payload) === undefined) {
    throw new BoomerangError('invalid_request', (spell) => {
      const fields = ['delayMs', 'atMs', 'repeatIntervalMs', 'payload'].map(spell);
      return `nothing is to be changed; allowed: one or more of ${fields.join(', ')}`;
    });
  }
  if (payload !== undefined) requirePayloadFits(payload);
  if (repeatIntervalMs !== undefined) requireRepeatInterval(repeatIntervalMs);
  if (delayMs !== undefined) requireWholeNumber('delayMs', delayMs, 0, MAX_DELAY_MS);
  if (atMs !== undefined) requireWholeNumber('atMs', atMs, 0, Date.now() + MAX_DELAY_MS);
  if (delayMs !== undefined && atMs !== undefined)
    throw invalidField('delayMs', `${delayMs}`, (spell) => `nothing where ${spell('atMs')} is set`);
  if (newPhase && (delayMs ?? atMs) === undefined) {
    const allowed = (spell: (field: string) => string) => `only with ${spell('delayMs')} or ${spell('atMs')}`;
    throw invalidField('newPhase', 'it is set', allowed);
  }
}

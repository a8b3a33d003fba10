import {
  type Forecast,
  invalidField,
  LATEST_TIME_MS,
  MAX_DELAY_MS,
  requireWholeNumber,
} from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { whose } from './whose.js';

export interface ForecastRequest {
  /** '' = all for who may administer, otherwise the caller's own. */
  readonly client: string;
  /** Unix epoch ms; 0 = now. */
  readonly fromMs: number;
  /** Length of a slot. */
  readonly slotMs: number;
  readonly slots: number;
}

export interface ForecastAnswer extends Forecast {
  /** Undefined = all. */
  readonly clientId: string | undefined;
  readonly fromMs: number;
  readonly slotMs: number;
}

const MOST_SLOTS = 500;
const LEAST_SLOT_MS = 100;

/** How much falls due in each slot of time; of a recurring task the next occurrence only. */
export const forecast: Operation<ForecastRequest, ForecastAnswer> = {
  permission: 'read',
  changes: false,
  async run({ tasks, stats }, caller, { client, fromMs, slotMs, slots }) {
    requireWholeNumber('fromMs', fromMs, 0, LATEST_TIME_MS);
    requireWholeNumber('slots', slots, 1, MOST_SLOTS);
    if (slotMs < LEAST_SLOT_MS || slotMs > MAX_DELAY_MS)
      throw invalidField('slotMs', `${slotMs} ms`, `from ${LEAST_SLOT_MS} ms to ${MAX_DELAY_MS} ms`);
    const clientId = whose(caller, client);
    const range = { fromMs: fromMs || Math.floor(await tasks.now()), slotMs, slots };
    return { clientId, ...range, ...(await stats.forecast(clientId, range)) };
  },
};

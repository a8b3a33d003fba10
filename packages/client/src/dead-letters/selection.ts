import type { ErrorClass } from '@boomerang/domain';
import { checkOptions, type OptionNames, requireObject } from '../arguments/check-options.js';
import { checkEpochMs, checkFlag, checkText, checkWhole } from '../arguments/check-values.js';
import { invalidArgument, unusable } from '../arguments/invalid-argument.js';
import { type Paging, toWirePaging } from '../arguments/paging.js';
import { errorClassToWire } from '../session/attempt-info.js';

/** Which dead letters; what is absent restricts nothing. */
export interface DeadLetterFilter {
  readonly bucket?: string;
  /** Those that came at or after this, Unix epoch ms. */
  readonly afterMs?: number;
  /** Those that came before this, Unix epoch ms. */
  readonly beforeMs?: number;
  /** Those whose last attempt failed so. */
  readonly errorClass?: ErrorClass;
}

/**
 * Dead letters by name, at most 1,000, or all that a filter lets through, page by page: `{ filter: {} }` means every one.
 */
export type DeadLetterSelection =
  | { readonly ids: readonly string[] }
  | ({ readonly filter: DeadLetterFilter } & Paging);

export interface PurgeOptions {
  /** Whether also those that wait to be forwarded outside, which then never get there. Default false. */
  readonly evenNotForwarded?: boolean;
}

export interface ReplayOptions extends PurgeOptions {
  /** So many tasks become due per second, 1 to 100,000. Absent: all at once. */
  readonly ratePerSecond?: number;
  /** Whether to call back where this session says instead of where the dead letter's policy says. Default false. */
  readonly useSessionCallback?: boolean;
}

const RATE = { least: 1, most: 100_000 };
const MOST_IDS = 1_000;

const FILTER: OptionNames<DeadLetterFilter> = {
  bucket: true,
  afterMs: true,
  beforeMs: true,
  errorClass: true,
};
const PURGE: OptionNames<PurgeOptions> = { evenNotForwarded: true };
const REPLAY: OptionNames<ReplayOptions> = { ...PURGE, ratePerSecond: true, useSessionCallback: true };
const BY_IDS = { ids: true } as const;
const BY_FILTER = { filter: true, limit: true, nextToken: true } as const;

// What follows throws a BoomerangClientError `INVALID_REQUEST` for what the wire would turn into something else.

export function toPurgeRequest(selection: DeadLetterSelection & PurgeOptions) {
  const asked = toWireSelection(selection, PURGE);
  return { ...asked, evenNotForwarded: flag('evenNotForwarded', selection.evenNotForwarded) };
}

export function toReplayRequest(selection: DeadLetterSelection & ReplayOptions) {
  const asked = toWireSelection(selection, REPLAY);
  const { ratePerSecond, useSessionCallback, evenNotForwarded } = selection;
  return {
    ...asked,
    ratePerSecond: ratePerSecond === undefined ? 0 : checkWhole('ratePerSecond', ratePerSecond, RATE),
    useSessionCallback: flag('useSessionCallback', useSessionCallback),
    evenNotForwarded: flag('evenNotForwarded', evenNotForwarded),
  };
}

export function toWireFilter(filter: DeadLetterFilter) {
  checkOptions('filter', filter, FILTER, 'filter.');
  const { bucket, afterMs, beforeMs, errorClass } = filter;
  return {
    bucket: bucket === undefined ? '' : checkText('filter.bucket', bucket, "a bucket's name"),
    deadLetteredAfter: afterMs === undefined ? 0 : checkEpochMs('filter.afterMs', afterMs, 0),
    deadLetteredBefore: beforeMs === undefined ? 0 : checkEpochMs('filter.beforeMs', beforeMs, 1),
    errorClass: errorClass === undefined ? 0 : errorClassToWire('filter.errorClass', errorClass),
  };
}

export function checkDeadLetterId(field: string, id: string): string {
  return checkText(field, id, "a dead letter's id, as lists tell it");
}

export function flag(field: string, value = false): boolean {
  return checkFlag(field, value);
}

function toWireSelection(selection: DeadLetterSelection, others: Readonly<Record<string, true>>) {
  requireObject('selection', selection, 'an object with ids or filter');
  if ('ids' in selection) {
    checkOptions('selection', selection, { ...BY_IDS, ...others });
    return { deadLetterIds: checkIds(selection.ids) };
  }
  checkOptions('selection', selection, { ...BY_FILTER, ...others });
  return { filter: toWireFilter(selection.filter), ...toWirePaging(selection) };
}

function checkIds(ids: readonly string[]): string[] {
  const allowed = `an array of 1 to ${MOST_IDS} ids`;
  if (!Array.isArray(ids)) throw unusable('ids', ids, allowed);
  if (ids.length < 1 || ids.length > MOST_IDS) throw invalidArgument('ids', `${ids.length} of them`, allowed);
  return ids.map((id, i) => checkDeadLetterId(`ids[${i}]`, id));
}

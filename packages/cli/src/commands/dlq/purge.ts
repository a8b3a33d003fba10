import { tell } from '../../tell.js';
import { UsageError } from '../../usage-error.js';
import type { InSession } from './in-session.js';
import { reportRefused } from './report-refused.js';
import { pagesOf, type SelectOptions, toSelection } from './select.js';

export interface PurgeOptions extends SelectOptions {
  readonly yes?: boolean;
  readonly evenNotForwarded?: boolean;
  readonly json?: boolean;
}

/** Removes dead letters for good. Returns whether none was refused. */
export async function purgeDeadLetters(
  inSession: InSession,
  ids: readonly string[],
  { yes = false, evenNotForwarded = false, json = false, ...select }: PurgeOptions,
): Promise<boolean> {
  const selection = toSelection(ids, select);
  if (!yes) throw new UsageError('this removes dead letters for good: add --yes to confirm');
  let [purged, refused] = [0, 0];
  await inSession(async ({ deadLetters }) => {
    const request = (part: typeof selection) => deadLetters.purge({ ...part, evenNotForwarded });
    for await (const page of pagesOf(selection, request)) {
      reportRefused(page.refused, json);
      purged += page.purged;
      refused += page.refused.length;
    }
  });
  tell(`${purged} purged, ${refused} refused`);
  return refused === 0;
}

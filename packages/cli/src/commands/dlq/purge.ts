import type { Environment } from '@boomerang/runtime';
import { tell } from '../../tell.js';
import { reportRefused } from './report-refused.js';
import { pagesOf, type SelectOptions, toSelection } from './select.js';
import { withSession } from './with-session.js';

export interface PurgeOptions extends SelectOptions {
  readonly yes?: boolean;
  readonly evenNotForwarded?: boolean;
  readonly json?: boolean;
}

/** Removes dead letters for good. Returns whether none was refused. */
export async function purgeDeadLetters(
  env: Environment,
  ids: readonly string[],
  { yes = false, evenNotForwarded = false, json = false, ...select }: PurgeOptions,
): Promise<boolean> {
  const selection = toSelection(ids, select);
  if (!yes) throw new Error('this removes dead letters for good: add --yes to confirm');
  let [purged, refused] = [0, 0];
  await withSession(env, async ({ deadLetters }) => {
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

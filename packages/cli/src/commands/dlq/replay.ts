import type { ReplayPage } from '@boomerang/client';
import { formatTime, printJson, printLine } from '../../print.js';
import { tell } from '../../tell.js';
import type { InSession } from './in-session.js';
import { parseCallback, parseCount } from './parse-options.js';
import { reportRefused } from './report-refused.js';
import { pagesOf, type SelectOptions, toSelection } from './select.js';

export interface ReplayOptions extends SelectOptions {
  /** How many of the tasks become due per second. */
  readonly rate?: string;
  /** Where to call back instead. */
  readonly to?: string;
  readonly evenNotForwarded?: boolean;
  readonly json?: boolean;
}

/** Replays dead letters and prints the task of each. Returns whether none was refused. */
export async function replayDeadLetters(
  inSession: InSession,
  ids: readonly string[],
  { rate, to, evenNotForwarded = false, json = false, ...select }: ReplayOptions,
): Promise<boolean> {
  const selection = toSelection(ids, select);
  const callback = to === undefined ? undefined : parseCallback('--to', to);
  const options = {
    evenNotForwarded,
    useSessionCallback: callback !== undefined,
    ...(rate === undefined ? {} : { ratePerSecond: parseCount('--rate', rate, 100_000) }),
  };
  let [replayed, refused] = [0, 0];
  const work: Parameters<InSession>[0] = async ({ deadLetters }) => {
    const request = (part: typeof selection) => deadLetters.replay({ ...part, ...options });
    for await (const page of pagesOf(selection, request)) {
      for (const one of page.replayed) print(one, json);
      reportRefused(page.refused, json);
      replayed += page.replayed.length;
      refused += page.refused.length;
    }
  };
  await inSession(work, callback);
  tell(`${replayed} replayed, ${refused} refused`);
  return refused === 0;
}

function print(one: ReplayPage['replayed'][number], json: boolean): void {
  const { deadLetterId, taskId, replayedBefore } = one;
  const due = formatTime(one.scheduledTimeMs);
  if (json) printJson({ deadLetterId, taskId, due, replayedBefore });
  else if (replayedBefore) printLine(`${deadLetterId}  was replayed before, as task ${taskId}`);
  else printLine(`${deadLetterId}  is task ${taskId}, due ${due}`);
}

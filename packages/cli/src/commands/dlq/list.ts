import { type DeadLetterInfo, type DeadLetterPage, pages } from '@boomerang/client';
import { formatTable, formatTime, harmless, printJson, printLine } from '../../print.js';
import { tell } from '../../tell.js';
import type { InSession } from './in-session.js';
import { type FilterOptions, parseCount, parseFilter } from './parse-options.js';
import { toJson } from './to-json.js';

export interface ListOptions extends FilterOptions {
  /** How many to print at most. */
  readonly limit: string;
  readonly json?: boolean;
}

const HEADINGS = ['ID', 'TIME', 'BUCKET', 'ERROR', 'ATTEMPTS', 'TASK', 'BYTES', 'LAST FAILURE'];

/** Prints dead letters, the oldest first, page by page. */
export async function listDeadLetters(inSession: InSession, options: ListOptions): Promise<void> {
  const filter = parseFilter(options);
  const most = parseCount('--limit', options.limit, 1_000_000);
  await inSession(async ({ deadLetters }) => {
    let printed = 0;
    const request = (at: { nextToken?: string }) =>
      deadLetters.list({ filter, limit: Math.min(most - printed, 1_000), ...at });
    for await (const page of pages(request)) {
      print(page, options.json === true, printed === 0);
      printed += page.deadLetters.length;
      if (printed < most || page.nextToken === undefined) continue;
      tell(`there are more than these ${printed}: raise --limit to see them`);
      break;
    }
    if (printed === 0) tell('no dead letters');
  });
}

function print({ deadLetters }: DeadLetterPage, asJson: boolean, isFirst: boolean): void {
  if (asJson) {
    for (const letter of deadLetters) printJson(toJson(letter));
  } else if (deadLetters.length > 0) {
    for (const line of formatTable([...(isFirst ? [HEADINGS] : []), ...deadLetters.map(toRow)]))
      printLine(line);
  }
}

function toRow(letter: DeadLetterInfo): string[] {
  return [
    letter.deadLetterId,
    formatTime(letter.deadLetteredAtMs),
    harmless(letter.bucket),
    letter.errorClass ?? 'unknown',
    String(letter.attempts),
    letter.occurrence > 1 ? `${letter.taskId} (occurrence ${letter.occurrence})` : letter.taskId,
    String(letter.payloadBytes),
    harmless(letter.history.at(-1)?.error ?? ''),
  ];
}

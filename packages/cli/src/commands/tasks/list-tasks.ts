import type { Environment } from '@boomerang/runtime';
import { badOption } from '../../options.js';
import { type Column, printRows } from '../../print-rows.js';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { openRemote } from '../../remote/remote.js';
import { tell } from '../../tell.js';
import { inOptions } from './in-options.js';
import { recurrenceOf, type Task, waitingOf } from './task.js';

export interface ListOptions extends RemoteOptions {
  /** How many to print at most. */
  readonly limit: string;
  readonly recurring?: boolean;
  readonly once?: boolean;
  readonly tag?: string;
  readonly dueAfter?: string;
  readonly dueBefore?: string;
}

interface Page {
  readonly tasks: readonly Task[];
  readonly nextCursor: string | null;
}

const COLUMNS: readonly Column<Task>[] = [
  { heading: 'ID', cell: ({ id }) => id },
  { heading: 'STATE', cell: ({ state }) => state },
  { heading: 'DUE', cell: ({ dueAt }) => dueAt },
  { heading: 'REPEATS', cell: (task) => recurrenceOf(task) ?? 'once' },
  { heading: 'WAITS FOR', cell: (task) => waitingOf(task) ?? '' },
];
const LARGEST_PAGE = 1_000;

/** Prints the tasks that have not ended, the next due first, page by page. */
export async function listTasks(env: Environment, options: ListOptions): Promise<void> {
  const remote = openRemote(env, options);
  const most = wholeFrom1('--limit', options.limit);
  const query = {
    recurring: options.recurring ? true : options.once ? false : undefined,
    tag: options.tag,
    dueAfter: options.dueAfter,
    dueBefore: options.dueBefore,
  };
  let cursor: string | undefined;
  let printed = 0;
  do {
    const limit = Math.min(most - printed, LARGEST_PAGE);
    const request = { method: 'GET', path: '/v1/tasks', query: { ...query, limit, cursor } } as const;
    const page: Page = await remote.ask<Page>(request).catch(inOptions);
    printRows(page.tasks, COLUMNS, { json: options.json, first: printed === 0 });
    printed += page.tasks.length;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && printed < most);
  if (cursor !== undefined) tell(`there are more than these ${printed}: raise --limit to see them`);
  else if (printed === 0) tell('no tasks');
}

function wholeFrom1(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw badOption(option, text, 'a whole number from 1');
}

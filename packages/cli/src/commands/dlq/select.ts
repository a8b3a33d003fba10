import { type DeadLetterSelection, pages } from '@boomerang/client';
import { UsageError } from '../../usage-error.js';
import { type FilterOptions, parseFilter } from './parse-options.js';

export interface SelectOptions extends FilterOptions {
  readonly all?: boolean;
}

/** @throws Error unless there are either ids, or a filter or `--all`. */
export function toSelection(ids: readonly string[], { all, ...options }: SelectOptions): DeadLetterSelection {
  const filtered = all || Object.keys(parseFilter(options)).length > 0;
  if (ids.length > 0 && filtered) throw new UsageError('name dead letters by id or by options, not by both');
  if (ids.length > 0) return { ids };
  if (filtered) return { filter: parseFilter(options) };
  throw new UsageError('name dead letters by id, or give --bucket, --since, --until, --error-class or --all');
}

/** Calls `request` for the selection. A filter is requested page by page. */
export function pagesOf<T extends { readonly nextToken: string | undefined }>(
  selection: DeadLetterSelection,
  request: (selection: DeadLetterSelection) => Promise<T>,
): AsyncGenerator<T> {
  return pages((at) => request({ ...selection, ...at }));
}

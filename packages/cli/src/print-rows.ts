import { formatTable, harmless, printJson, printLine } from './print.js';

export interface Column<T> {
  readonly heading: string;
  readonly cell: (item: T) => string;
}

/**
 * Prints items as people and programs read them: on a terminal a table, in a pipe a line for each with tabs between its cells,
 * with `json` a line of JSON for each.
 *
 * @param first whether nothing was printed before: then a table has its headings.
 */
export function printRows<T extends object>(
  items: readonly T[],
  columns: readonly Column<T>[],
  { json = false, first = true }: { readonly json?: boolean | undefined; readonly first?: boolean },
): void {
  if (json) {
    for (const item of items) printJson(item);
    return;
  }
  const rows = items.map((item) => columns.map(({ cell }) => harmless(cell(item))));
  if (!process.stdout.isTTY) {
    for (const row of rows) printLine(row.join('\t'));
    return;
  }
  const headings = first && items.length > 0 ? [columns.map(({ heading }) => heading)] : [];
  for (const line of formatTable([...headings, ...rows])) printLine(line);
}

/** Prints one thing: on a terminal and in a pipe a line for each field, with `json` as JSON. */
export function printFields(
  thing: object,
  fields: readonly (readonly [name: string, value: string | undefined])[],
  { json = false }: { readonly json?: boolean | undefined },
): void {
  if (json) {
    printJson(thing);
    return;
  }
  const rows = fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, harmless(value)]]));
  for (const line of process.stdout.isTTY ? formatTable(rows) : rows.map((row) => row.join('\t')))
    printLine(line);
}

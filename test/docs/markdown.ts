import { readFileSync } from 'node:fs';

/** A file of the repository, by its path from the root. */
export function readFromRoot(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** Rows of the first table under a heading, each cell by its column's title, without backticks around it. */
export function tableUnder(markdown: string, heading: string): Record<string, string>[] {
  const section = markdown.split(/^(?=## )/m).find((text) => text.startsWith(`## ${heading}\n`));
  if (!section) throw new Error(`no heading "## ${heading}"`);
  const lines = /(?:^\|.*\n?)+/m.exec(section)?.[0].trimEnd().split('\n') ?? [];
  const [titles = [], , ...rows] = lines.map(cells);
  return rows.map((row) => Object.fromEntries(titles.map((title, i) => [title, row[i] ?? ''])));
}

function cells(line: string): string[] {
  return line
    .slice(1, line.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'));
}

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: object): void {
  printLine(JSON.stringify(value));
}

/** Rows below each other, each column as wide as its widest cell. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** A text without control characters, so that what others wrote can't control the terminal. */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, '\ufffd');
}

export function formatTime(ms: number): string {
  return new Date(ms).toISOString();
}

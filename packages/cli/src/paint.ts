/** Colours a text, or returns it without changes if colours are off. */
export type Paint = Record<'bold' | 'dim' | 'green' | 'red' | 'yellow', (text: string) => string>;

export function createPaint(coloured: boolean): Paint {
  const style = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: style(1), dim: style(2), green: style(32), red: style(31), yellow: style(33) };
}

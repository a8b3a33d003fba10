/** An error in one line, with its code. */
export function describeError(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const errors = error instanceof AggregateError ? error.errors.map(describeError).join('; ') : '';
  const text = error.message || errors || error.name;
  return code && !text.includes(code) ? `${code}: ${text}` : text;
}

/** What was acquired, to be released in the opposite order. */
export interface Resources {
  /** Names what has to be closed in the end, right after it was acquired. */
  defer(name: string, close: () => unknown): void;
  /**
   * Closes last in, first out, one after the other, and goes on where one fails; then throws one AggregateError that
   * names those. Can be called twice, at the same time or later.
   */
  closeAll(): Promise<void>;
}

export function createResources(): Resources {
  const stack: { name: string; close: () => unknown }[] = [];
  let closing: Promise<void> | undefined;
  return {
    defer: (name, close) => void stack.push({ name, close }),
    closeAll() {
      closing ??= unwind(stack).finally(() => {
        closing = undefined;
      });
      return closing;
    },
  };
}

async function unwind(stack: { name: string; close: () => unknown }[]): Promise<void> {
  const failures: Error[] = [];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    try {
      await top.close();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      failures.push(new Error(`${top.name}: ${why}`, { cause: error }));
    }
  }
  if (failures.length === 0) return;
  throw new AggregateError(failures, `not closed: ${failures.map(({ message }) => message).join('; ')}`);
}

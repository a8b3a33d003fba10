/** Collects resources that were acquired and releases them in the opposite order. */
export interface Resources {
  /** Call it right after a resource was acquired. `name` appears in the error if closing fails. */
  defer(name: string, close: () => unknown): void;
  /**
   * Closes all resources one after the other, the last acquired first. It goes on when one fails, and throws one
   * AggregateError in the end that names those that failed. Can be called again, at the same time or later.
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

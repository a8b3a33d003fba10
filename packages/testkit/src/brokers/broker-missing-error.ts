/** A broker that a test needs is neither installed here nor to be had. */
export class BrokerMissingError extends Error {
  override readonly name = 'BrokerMissingError';
}

/** What `start` starts, or why it can't be had here. Continuous integration has to have it, unless `optional`. */
export async function ifAvailable<T>(
  start: () => Promise<T>,
  { optional = false } = {},
): Promise<T | BrokerMissingError> {
  try {
    return await start();
  } catch (error) {
    if (error instanceof BrokerMissingError && (optional || !process.env.CI)) return error;
    throw error;
  }
}

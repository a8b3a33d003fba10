import { BoomerangError } from '@boomerang/domain';

/**
 * What a failed command means to the caller: `exhausted` when Redis is full, `unavailable` when it refused otherwise or
 * the command was never sent, so that nothing was changed; `outcome_unknown` when it was sent and no answer came.
 */
export function fromRedisError(error: unknown): BoomerangError {
  if (error instanceof BoomerangError) return error;
  const { name, message } = error as Error;
  if (name === 'ReplyError') {
    if (message.startsWith('OOM')) {
      return new BoomerangError('exhausted', 'the store is full: Redis has reached its maxmemory', {
        cause: error,
      });
    }
    return new BoomerangError(
      'unavailable',
      `the store refused: ${message.split(/[.\n]|,? with args/, 1)[0]}`,
      {
        cause: error,
      },
    );
  }
  if (/enableOfflineQueue|isn't writeable/.test(message)) {
    return new BoomerangError('unavailable', 'the store is out of reach', { cause: error });
  }
  return new BoomerangError('outcome_unknown', 'outcome unknown: no answer from the store', { cause: error });
}

/** The outcome of `operation`, a failed one as `fromRedisError` says it. */
export async function unwrapRedisErrors<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw fromRedisError(error);
  }
}

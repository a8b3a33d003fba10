import { BoomerangError } from '@boomerang/domain';
import { NotSentError } from './send-once.js';

/**
 * What a failed command means to the caller: `exhausted` when Redis is full, `unavailable` when it refused otherwise or
 * the command was never sent, so that nothing was changed; `outcome_unknown` when it was sent and no answer came, or a
 * script broke off on its way.
 */
export function fromRedisError(error: unknown): BoomerangError {
  if (error instanceof BoomerangError) return error;
  const { name, message } = error as Error;
  if (name === 'ReplyError') return fromErrorReply(error as Error);
  if (error instanceof NotSentError || /enableOfflineQueue|isn't writeable/.test(message)) {
    return new BoomerangError('unavailable', 'the store is out of reach', { cause: error });
  }
  return new BoomerangError('outcome_unknown', 'outcome unknown: no answer from the store', { cause: error });
}

function fromErrorReply(error: Error): BoomerangError {
  const code = codeOf(error);
  if (code === 'OOM') {
    return new BoomerangError('exhausted', 'the store is full: Redis has reached its maxmemory', {
      cause: error,
    });
  }
  if (brokeOff(error, code)) {
    return new BoomerangError(
      'outcome_unknown',
      `outcome unknown: a script broke off: ${shown(error, code)}`,
      {
        cause: error,
      },
    );
  }
  return new BoomerangError('unavailable', `the store refused: ${shown(error, code)}`, { cause: error });
}

/** Raised in a script only before it has written anything: by Redis, but for `FORMAT`, which is ours. */
const BEFORE_ANY_WRITE = ['READONLY', 'MISCONF', 'NOREPLICAS', 'MASTERDOWN', 'FORMAT'];

/** Whether the error was raised by a command of a script that may have written before. */
function brokeOff({ message }: Error, code: string): boolean {
  // Redis lets nobody kill a script that has written.
  if (message.includes('Script killed by user') || BEFORE_ANY_WRITE.includes(code)) return false;
  return /script: [0-9a-f]{40}, on @user_script/.test(message);
}

/** The first word of an error reply, which tells its kind. */
export function codeOf({ message }: Error): string {
  return /^[A-Z]+/.exec(message)?.[0] ?? 'ERR';
}

/** Error replies whose texts contain addresses, users or keys, which clients must not see. */
const PRIVATE = ['MOVED', 'ASK', 'NOPERM', 'NOAUTH', 'WRONGPASS'];

/** The first sentence of an error reply, or its kind alone. */
function shown({ message }: Error, code: string): string {
  return PRIVATE.includes(code) ? code : (message.split(/[.\n]|,? with args/, 1)[0] as string);
}

/** The outcome of `operation`, a failed one as `fromRedisError` says it. */
export async function unwrapRedisErrors<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw fromRedisError(error);
  }
}

/** Redis can't be worked with as it is set up; the message says in one line what to change. */
export class UnusableRedisError extends Error {
  override readonly name = 'UnusableRedisError';
  /** An operator mends it, and needs no stack to do so. */
  readonly operational = true;
}

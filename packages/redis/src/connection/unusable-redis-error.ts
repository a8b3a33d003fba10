/** Redis can't be worked with as it is set up; the message says in one line what to change. */
export class UnusableRedisError extends Error {
  override readonly name = 'UnusableRedisError';
  /** No stack: an operator has to change a setting, and needs none. */
  readonly operational = true;
}

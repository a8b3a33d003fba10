/** A command was given what it can't use; nothing was done. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

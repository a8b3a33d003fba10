/** What a client's key may be used for. The list is closed. */
export const PERMISSIONS = [
  /** Register tasks. */
  'register',
  /** See tasks and dead letters. */
  'read',
  /** Cancel tasks; replay and purge dead letters. */
  'manage',
  /** Take tasks on and report how they go. */
  'execute',
  /** Whatever concerns other clients. */
  'admin',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** Those of a key that was given none of its own. */
export const DEFAULT_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter((one) => one !== 'admin');

import type { Session, SessionOptions } from '@boomerang/client';

/** Does `work` as a client, over whichever door. */
export type InSession = (
  work: (session: Pick<Session, 'deadLetters'>) => Promise<void>,
  /** Where replays are called back, if it isn't where their policy says. */
  callback?: SessionOptions['callback'],
) => Promise<void>;

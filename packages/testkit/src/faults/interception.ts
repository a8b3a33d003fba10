import type { RedisCommand } from './redis-command.js';

/** What happens at a command that a proxy has recognised. */
export interface Interception {
  /** `before` Redis gets it, or `after` Redis has executed it and before anything of its reply is passed on. */
  readonly when: 'before' | 'after';
  /** With `after`: whether this reply, which may have those of commands before it in front, is the one that is meant. */
  readonly reply?: ((reply: Buffer) => boolean) | undefined;
  /** The command, or its reply, waits until this resolves; with `drop` the connection is cut instead. */
  strike(): Promise<'pass' | 'drop'>;
}

/** Asked for every command on its way to Redis. */
export type Intercept = (command: RedisCommand) => Interception | undefined;

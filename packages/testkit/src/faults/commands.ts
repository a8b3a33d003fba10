import { createHash } from 'node:crypto';
import { readScript, type ScriptName } from '@boomerang/redis';
import type { RedisCommand } from './redis-command.js';

/** Recognises a command. */
export type CommandMatch = (command: RedisCommand) => boolean;

/** A run of one of the engine's scripts whose keys and arguments hold all the `texts`. */
export function script(name: ScriptName, ...texts: readonly string[]): CommandMatch {
  const text = readScript(name);
  const sha = createHash('sha1').update(text).digest('hex');
  return (command) => {
    const [verb = '', which = ''] = command.args.slice(0, 2).map(String);
    const called = /^evalsha$/i.test(verb) ? which === sha : /^eval$/i.test(verb) && which === text;
    return called && texts.every((wanted) => holds(command, wanted));
  };
}

/** A ticket on its way into its BullMQ queue. */
export const ticket: CommandMatch = (command) => holds(command, 'bull:tickets:') && holds(command, 'slice-');

/** All but the first command of each partition that `match` recognises. */
export function second(match: CommandMatch): CommandMatch {
  const seen = new Set<string>();
  return (command) => match(command) && !isNew(command, seen);
}

/** The same, within one pipeline: commands that arrive together. */
export function secondOfPipeline(match: CommandMatch): CommandMatch {
  const seen = new Set<string>();
  return (command) => {
    if (!match(command)) return false;
    if (seen.size === 0) setImmediate(() => seen.clear());
    return !isNew(command, seen);
  };
}

function isNew({ raw }: RedisCommand, seen: Set<string>): boolean {
  const partition = /\{[^}]*\}/.exec(raw.toString('latin1'))?.[0] ?? '';
  const known = seen.has(partition);
  seen.add(partition);
  return !known;
}

function holds({ args }: RedisCommand, text: string): boolean {
  return args.some((argument) => argument.includes(text));
}

import { CHANNEL_PATTERN, KEY_PATTERNS, ruleName } from './required-access.js';

/** Something that the Redis user may not do. */
export interface Denial {
  /** Such as "run PUBLISH". */
  readonly what: string;
  /** What an ACL rule needs to allow it, such as `+publish`. */
  readonly grant: string;
}

/** Whether an error reply says that the user may not do this, whatever state Redis is in. */
export function isDenied(message: string): boolean {
  // Redis 7.0 has no code for it in scripts.
  return message.startsWith('NOPERM') || message.startsWith("ERR The user executing the script can't");
}

/** @param command with its arguments, of which the first is the channel if there is one. */
export function commandDenial(command: string, message: string): Denial {
  const [name = '', subject = ''] = command.split(' ');
  if (/channel/.test(message)) {
    return { what: `use the channel ${subject}`, grant: `&${CHANNEL_PATTERN}` };
  }
  const why = name === 'INFO' ? ', which BullMQ needs' : '';
  const rule = ruleName(command);
  return { what: `run ${rule.replace('|', ' ').toUpperCase()}${why}`, grant: `+${rule}` };
}

export function keyDenial(key: string): Denial {
  const pattern = KEY_PATTERNS.find((one) => one.startsWith(key[0] as string));
  return { what: `use the key ${key}`, grant: `~${pattern}` };
}

/** All of it in one line. */
export function describeDenials(user: string, denials: readonly Denial[]): string {
  const byGrant = new Map(denials.toReversed().map(({ grant, what }) => [grant, what]));
  const grants = [...byGrant.keys()].toReversed().join(' ');
  const whats = [...byGrant.values()].toReversed().join(', ');
  return `the Redis user ${user} may not ${whats}: grant ${grants} (docs/operations.md has the whole rule)`;
}

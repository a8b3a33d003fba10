import { ERROR_CLASSES } from '@boomerang/domain';
import type { Command } from 'commander';
import type { RemoteOptions } from '../../remote/find-profile.js';
import type { InSession } from './in-session.js';
import { type ListOptions, listDeadLetters } from './list.js';
import { type PurgeOptions, purgeDeadLetters } from './purge.js';
import { type ReplayOptions, replayDeadLetters } from './replay.js';
import { showDeadLetter } from './show.js';

const NOT_FORWARDED = 'also those that wait to be forwarded outside, which then never get there';

/** How the commands reach a gateway. */
export interface DlqDoor {
  readonly sessionFor: (options: RemoteOptions) => InSession;
  /** Adds the options that say which gateway. */
  readonly withDoorOptions: (command: Command) => Command;
}

/** `dlq …`: the commands for a client's dead letters. */
export function addDlqCommands(parent: Command, description: string, door: DlqDoor): Command {
  const { sessionFor } = door;
  const dlq = parent.command('dlq').description(description);
  withFilter(dlq.command('list').description('list them, the oldest first'))
    .option('--limit <n>', 'how many at most', '100')
    .option('--json', 'one line of JSON each')
    .action((options: ListOptions & RemoteOptions) => listDeadLetters(sessionFor(options), options));
  dlq
    .command('show <id>')
    .description('show one with its payload and its failures')
    .option('--json', 'as JSON')
    .action((id: string, options: RemoteOptions) => showDeadLetter(sessionFor(options), id, options));
  withFilter(
    dlq
      .command('replay [id...]')
      .description('register them as tasks again; they leave the dead letter queue'),
  )
    .option('--all', 'every one')
    .option('--rate <n>', 'how many of the tasks become due per second')
    .option('--to <url>', 'call back this URL instead of the one that failed')
    .option('--even-not-forwarded', NOT_FORWARDED)
    .option('--json', 'one line of JSON each')
    .action(async (ids: string[], options: ReplayOptions & RemoteOptions) => {
      exitWith(await replayDeadLetters(sessionFor(options), ids, options));
    });
  withFilter(dlq.command('purge [id...]').description('remove them for good'))
    .option('--all', 'every one')
    .option('--yes', 'confirm that they are removed for good')
    .option('--even-not-forwarded', NOT_FORWARDED)
    .option('--json', 'one line of JSON per refusal')
    .action(async (ids: string[], options: PurgeOptions & RemoteOptions) => {
      exitWith(await purgeDeadLetters(sessionFor(options), ids, options));
    });
  dlq.commands.forEach(door.withDoorOptions);
  return dlq;
}

function withFilter(command: Command): Command {
  return command
    .option('--bucket <name>', 'only those in this bucket')
    .option('--since <time>', 'only those that came at or after this, such as 2026-11-22T10:00Z')
    .option('--until <time>', 'only those that came before this')
    .option('--error-class <class>', `only those that failed so in the end: ${ERROR_CLASSES.join(', ')}`);
}

function exitWith(good: boolean): void {
  process.exitCode = good ? 0 : 1;
}

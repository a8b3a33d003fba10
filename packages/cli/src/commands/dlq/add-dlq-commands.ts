import { ERROR_CLASSES } from '@boomerang/domain';
import type { Environment } from '@boomerang/runtime';
import type { Command } from 'commander';
import { type ListOptions, listDeadLetters } from './list.js';
import { type PurgeOptions, purgeDeadLetters } from './purge.js';
import { type ReplayOptions, replayDeadLetters } from './replay.js';
import { showDeadLetter } from './show.js';

const NOT_FORWARDED = 'also those that wait to be forwarded outside, which then never get there';

/** `dlq …`: the commands for a client's dead letters. */
export function addDlqCommands(parent: Command, env: Environment): void {
  const dlq = parent.command('dlq').description("a client's dead letters, over TCP");
  withFilter(dlq.command('list').description('list them, the oldest first'))
    .option('--limit <n>', 'how many at most', '100')
    .option('--json', 'one line of JSON each')
    .action((options: ListOptions) => listDeadLetters(env, options));
  dlq
    .command('show <id>')
    .description('show one with its payload and its failures')
    .option('--json', 'as JSON')
    .action((id: string, options: { json?: boolean }) => showDeadLetter(env, id, options));
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
    .action(async (ids: string[], options: ReplayOptions) => {
      exitWith(await replayDeadLetters(env, ids, options));
    });
  withFilter(dlq.command('purge [id...]').description('remove them for good'))
    .option('--all', 'every one')
    .option('--yes', 'confirm that they are removed for good')
    .option('--even-not-forwarded', NOT_FORWARDED)
    .option('--json', 'one line of JSON per refusal')
    .action(async (ids: string[], options: PurgeOptions) => {
      exitWith(await purgeDeadLetters(env, ids, options));
    });
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

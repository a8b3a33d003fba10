import type { Environment } from '@boomerang/runtime';
import { VERSION } from '@boomerang/runtime';
import { Command } from 'commander';
import { addClientCommands } from './commands/clients/add-client-commands.js';
import { type DemoOptions, demo } from './commands/demo.js';
import { addDlqCommands } from './commands/dlq/add-dlq-commands.js';
import { raise } from './commands/partitions.js';
import { start } from './commands/start.js';
import { stopSignal } from './stop-signal.js';

/** Every command and what it takes. */
export function createProgram(env: Environment): Command {
  const program = new Command('boomerang')
    // What a command takes stands below what was wrong; commands that follow inherit it.
    .showHelpAfterError()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'boomerang: ')) })
    .description('A durable setTimeout and setInterval that programs reach over the network')
    .version(VERSION);

  program
    .command('start')
    .description(
      'run gateway, scheduler and worker until Ctrl-C, with a Redis of their own unless BOOMERANG_REDIS_URL is set',
    )
    .action(() => start(env, stopSignal()));

  program
    .command('demo')
    .description('register tasks of every kind and show their callbacks')
    .option(
      '--wires',
      'show every protocol, every verdict and dead letters that are forwarded and replayed instead',
    )
    .option('--spage', 'show tasks that engines run under two daemons, and what they survive, instead')
    .option('--keep', 'leave everything running until Ctrl-C')
    .action(async ({ keep = false, wires = false, spage = false }: Partial<DemoOptions>) => {
      const good = await demo(env, stopSignal(), { keep, wires, spage });
      process.exitCode = good ? 0 : 1;
    });

  const client = program
    .command('client')
    .description('manage clients, their keys, dead letters and partitions');
  addClientCommands(client, env);
  addDlqCommands(client, env);

  client
    .command('partitions')
    .description('how many partitions the keyspace is divided into')
    .command('raise <count>')
    .description(
      'raise their number: run it, restart schedulers and workers, run it again, restart gateways. Exit code 1 means that it ' +
        'is not done yet. It tells which services have to be restarted first, and can be repeated at any time. The number is ' +
        'never lowered, so choose a power of two at or above the number of Redis primaries; what is parked stays where it is',
    )
    .action(async (count: string) => {
      process.exitCode = (await raise(env, count)) ? 0 : 1;
    });
  return program;
}

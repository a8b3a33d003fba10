import type { Environment } from '@boomerang/runtime';
import type { Command } from 'commander';
import { addClientCommands } from './commands/clients/add-client-commands.js';
import { type DemoOptions, demo } from './commands/demo.js';
import { addDlqCommands } from './commands/dlq/add-dlq-commands.js';
import { withSession } from './commands/dlq/with-session.js';
import { raise } from './commands/partitions.js';
import { createProgram } from './program.js';
import { stopSignal } from './stop-signal.js';

/** The same, with what a checkout and the image have besides: the demo, and what works on Redis itself. */
export function createCheckoutProgram(env: Environment): Command {
  const program = createProgram(env);
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
  addDlqCommands(client, "a client's dead letters, over TCP", {
    sessionFor: () => (work, callback) => withSession(env, work, callback),
    withDoorOptions: (command) => command,
  });

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

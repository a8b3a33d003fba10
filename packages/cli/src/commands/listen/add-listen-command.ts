import type { Command } from 'commander';
import { stopSignal } from '../../stop-signal.js';
import { withExamples } from '../../with-examples.js';
import type { ListenOptions } from './listen.js';

export function addListenCommand(program: Command): void {
  const command = program
    .command('listen')
    .description(
      'receive callbacks and print them, until Ctrl-C; the times of lateness are those of this clock',
    )
    .option('--protocol <wire>', 'http, grpc, tcp or udp', 'http')
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <n>', '0 is a free one', '9000')
    .option(
      '--answer <verdict...>',
      'what the callbacks are answered, one after the other; the last holds for the rest: ok, error:REASON, retry:5s, ' +
        'dead-letter:REASON, stop',
    )
    .option('--secret <whsec...>', 'signing secrets: callbacks that none of them signed are refused')
    .option('--count <n>', 'end after so many')
    .option('--json', 'print JSON, a line for each');
  withExamples(command, [
    'boomerang listen',
    'boomerang listen --protocol udp --port 7000 --json',
    'boomerang listen --answer error:busy retry:5s ok',
  ]);
  command.action(async (options: ListenOptions) => {
    const { listen } = await import('./listen.js');
    await listen(options, stopSignal());
  });
}

import type { Environment } from '@boomerang/runtime';
import type { Command } from 'commander';
import { withRemoteOptions } from '../../remote/with-remote-options.js';
import { stopSignal } from '../../stop-signal.js';
import { withExamples } from '../../with-examples.js';
import { type TopOptions, top } from './top.js';

export function addTopCommand(program: Command, env: Environment): void {
  const command = program
    .command('top')
    .description(
      'show rates, lateness, what is due and which endpoints are held back, once a second, until Ctrl-C',
    )
    .option('--client <name>', 'of another client; without it of all, with a key that may administer')
    .option('--count <n>', 'end after so many');
  withExamples(command, ['boomerang top', 'boomerang top --json --count 1']);
  withRemoteOptions(command).action((options: TopOptions) => top(env, options, stopSignal()));
}

import type { Environment } from '@boomerang/runtime';
import { VERSION } from '@boomerang/runtime';
import { Command } from 'commander';
import { addCompletionCommands } from './commands/completion/add-completion-commands.js';
import { addDlqCommands } from './commands/dlq/add-dlq-commands.js';
import { withHttpSession } from './commands/dlq/with-http-session.js';
import { addDoctorCommand } from './commands/doctor/add-doctor-command.js';
import { addListenCommand } from './commands/listen/add-listen-command.js';
import { addProfileCommands } from './commands/profile/add-profile-commands.js';
import { addRegisterCommand, addTasksCommands } from './commands/tasks/add-task-commands.js';
import { addTopCommand } from './commands/top/add-top-command.js';
import type { UpOptions } from './commands/up.js';
import { withGatewayOptions } from './remote/with-remote-options.js';
import { stopSignal } from './stop-signal.js';
import { withExamples } from './with-examples.js';

/** Every command that an installed program has, and what it takes. */
export function createProgram(env: Environment): Command {
  const program = new Command('boomerang')
    // What a command takes stands below what was wrong; commands that follow inherit it.
    .showHelpAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'boomerang: ')) })
    .description('A durable setTimeout and setInterval that programs reach over the network')
    .version(VERSION);
  withExamples(program, [
    'boomerang up',
    'boomerang listen',
    "boomerang register 'hello' --in 2s --to http://127.0.0.1:9000/",
    'boomerang tasks list --url https://boomerang.example',
  ]);
  addUpCommand(program, env);
  addRegisterCommand(program, env);
  addTasksCommands(program, env);
  addDeadLetterCommands(program, env);
  addListenCommand(program);
  addTopCommand(program, env);
  addDoctorCommand(program, env);
  addProfileCommands(program, env);
  addCompletionCommands(program);
  return program;
}

function addDeadLetterCommands(program: Command, env: Environment): void {
  const dlq = addDlqCommands(program, 'list, show, replay and purge what could not be delivered', {
    sessionFor: (options) => withHttpSession(env, options),
    withDoorOptions: withGatewayOptions,
  });
  withExamples(dlq, [
    'boomerang dlq list',
    'boomerang dlq replay --all --rate 50',
    'boomerang dlq purge ID --yes',
  ]);
}

function addUpCommand(program: Command, env: Environment): void {
  const command = program
    .command('up')
    // What npm knows.
    .alias('start')
    .description(
      'run gateway, scheduler and worker until Ctrl-C, with a Redis of their own unless BOOMERANG_REDIS_URL is set',
    )
    .option(
      '--json',
      'print one line of JSON when all is ready, and logs on standard error, on a terminal too',
    );
  withExamples(command, ['boomerang up', 'BOOMERANG_REDIS_URL=redis://10.0.0.7 boomerang up']);
  command.action(async (options: UpOptions) => {
    const { up } = await import('./commands/up.js');
    await up(env, stopSignal(), options);
  });
}

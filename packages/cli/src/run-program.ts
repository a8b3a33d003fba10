import type { Environment } from '@boomerang/runtime';
import { type Command, CommanderError } from 'commander';
import { tellFailure } from './tell-failure.js';

/** Runs the command that was typed, and ends the process. */
export async function runProgram(
  program: Command,
  env: Environment,
  exitCodeOf: (error: unknown) => number,
): Promise<never> {
  const fail = (error: unknown): never => {
    // What commander has to say, it has said.
    if (!(error instanceof CommanderError)) tellFailure(error, env);
    process.exit(exitCodeOf(error));
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  await program.parseAsync().catch(fail);
  process.exit();
}

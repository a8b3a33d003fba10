import { CommanderError } from 'commander';
import { createCheckoutProgram } from './checkout-program.js';
import { runProgram } from './run-program.js';

const program = createCheckoutProgram(process.env);
// These commands have always ended with 1, whatever failed.
await runProgram(program, process.env, (error) => (error instanceof CommanderError ? error.exitCode : 1));

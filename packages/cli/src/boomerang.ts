import { exitCodeOf } from './exit-codes.js';
import { createProgram } from './program.js';
import { runProgram } from './run-program.js';

await runProgram(createProgram(process.env), process.env, exitCodeOf);

import { createProgram } from './program.js';
import { tellFailure } from './tell-failure.js';

const { env } = process;
const fail = (error: unknown) => {
  tellFailure(error, env);
  process.exit(1);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

await createProgram(env).parseAsync().catch(fail);
process.exit();

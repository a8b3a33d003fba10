import { type ConfigOf, type Environment, readConfig } from './read-config.js';
import type { Settings } from './setting.js';
import { explainStartFailure } from './start-failure.js';

/** For a `main.ts`: a bad configuration ends the process with code 1, after one line for each bad setting on stderr. */
export function readConfigOrExit<S extends Settings>(
  name: string,
  settings: S,
  env: Environment,
): ConfigOf<S> {
  try {
    return readConfig(settings, env);
  } catch (error) {
    process.stderr.write(`${explainStartFailure(name, error)}\n`);
    process.exit(1);
  }
}

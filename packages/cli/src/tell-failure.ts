import { ConfigError, createRedactor, type Environment, errorLine } from '@boomerang/runtime';
import { dlqSettings } from './commands/dlq/settings.js';
import { nextStep } from './remote/next-step.js';
import { remoteSettings } from './remote/settings.js';
import { stackSettings } from './stack/settings.js';
import { tell } from './tell.js';

/** Prints why a command failed: one line, or one for each bad setting. Secrets are hidden. */
export function tellFailure(error: unknown, env: Environment): void {
  if (error instanceof ConfigError) {
    for (const problem of error.problems) tell(problem);
    return;
  }
  tell(createRedactor({ ...stackSettings, ...dlqSettings, ...remoteSettings }, env)(errorLine(error)));
  const next = nextStep(error);
  if (next !== undefined) tell(next);
}

/** One or more settings are missing or bad. Each problem is one line; the message consists of all lines. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

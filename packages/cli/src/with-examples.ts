import type { Command } from 'commander';

/** Help begins with examples: what people look for first. */
export function withExamples(command: Command, examples: readonly string[]): Command {
  return command.addHelpText('before', `Examples:\n${examples.map((example) => `  ${example}\n`).join('')}`);
}

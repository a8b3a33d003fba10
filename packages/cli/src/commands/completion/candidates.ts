import type { Command } from 'commander';

/**
 * What may stand in the place of the last word.
 *
 * @param words all that stand behind the program's name; the last is what was typed of the word in question.
 */
export function candidates(program: Command, words: readonly string[]): string[] {
  const typed = words.at(-1) ?? '';
  let command = program;
  for (const word of words.slice(0, -1)) command = subcommand(command, word) ?? command;
  const options = command.options.flatMap(({ long, hidden }) => (long && !hidden ? [long] : []));
  const names = visible(command).map((sub) => sub.name());
  const offered = typed.startsWith('-') ? [...options, '--help'] : names;
  return offered.filter((candidate) => candidate.startsWith(typed));
}

function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((sub) => sub.name() === word || sub.aliases().includes(word));
}

function visible(command: Command): Command[] {
  return [...command.createHelp().visibleCommands(command)];
}

import type { Command } from 'commander';
import { badOption } from '../../options.js';
import { printLine } from '../../print.js';
import { withExamples } from '../../with-examples.js';
import { candidates } from './candidates.js';
import { COMPLETION_SCRIPTS, SHELLS } from './scripts.js';

export function addCompletionCommands(program: Command): void {
  const command = program
    .command('completion <shell>')
    .description(`print what completes commands and options in a shell: ${SHELLS.join(', ')}`)
    .action((name: string) => {
      const shell = SHELLS.find((known) => known === name);
      if (!shell) throw badOption('shell', name, SHELLS.join(', '));
      process.stdout.write(COMPLETION_SCRIPTS[shell]);
    });
  withExamples(command, [
    'source <(boomerang completion bash)',
    'boomerang completion fish > ~/.config/fish/completions/boomerang.fish',
  ]);
  program
    .command('complete [words...]', { hidden: true })
    .description('print what may stand in the place of the last word')
    .action((words: string[]) => {
      for (const candidate of candidates(program, words)) printLine(candidate);
    });
}

import { expect, test } from 'vitest';
import { EXIT_CODES } from '../../packages/cli/dist/exit-codes.js';
import { createProgram } from '../../packages/cli/dist/program.js';
import { readFromRoot } from './markdown.js';

const page = readFromRoot('packages/cli/README.md');

type Command = ReturnType<typeof createProgram>;

/** First cells of the table whose heading begins with `heading`. */
function firstCells(heading: string): string[] {
  const [, rows = ''] = page.split(new RegExp(`^\\| ${heading} \\|.*\\n\\|.*\\n`, 'm'));
  return [...rows.matchAll(/^\| (.*?) \|/gm)]
    .map(([, cell = '']) => cell)
    .slice(0, rows.split('\n\n')[0]?.split('\n').length);
}

function visible(command: Command): Command[] {
  return [...command.createHelp().visibleCommands(command)].filter((sub) => sub.name() !== 'help');
}

test('the page about the command line has every exit code', () => {
  expect(firstCells('exit code')).toEqual(Object.values(EXIT_CODES).map(String));
});

test('the page about the command line has every command', () => {
  const named = firstCells('command').flatMap((cell) =>
    [...cell.matchAll(/`(\w+)/g)].map(([, word]) => word),
  );
  expect([...new Set(named)].sort()).toEqual(
    visible(createProgram({}))
      .map((command) => command.name())
      .sort(),
  );
});

test('each command that takes anything begins its help with examples', () => {
  const without = visible(createProgram({})).filter((command) => {
    let help = '';
    const writeOut = (text: string) => {
      help += text;
    };
    command.configureOutput({ writeOut }).outputHelp();
    return !help.startsWith(`Examples:\n  `);
  });
  expect(without.map((command) => command.name())).toEqual([]);
});

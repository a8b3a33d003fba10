import { join } from 'node:path';
import type { ConfigError } from '@boomerang/runtime';
import { expect, test } from 'vitest';
import { testFolder, writeFiles } from '../../test-support/engine-files.js';
import { readEngines } from './read-engines.js';

function read(text: string) {
  const folder = testFolder();
  writeFiles(folder, { 'engines.yaml': text });
  return readEngines(join(folder, 'engines.yaml'), 4, process.env.PATH);
}

/** The problems, without the file's name. */
function problemsOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    return (error as ConfigError).problems.map((problem) => problem.replace(/^\S+engines.yaml:? /, ''));
  }
  return [];
}

test('an engine is read with its defaults', () => {
  const { byName, types, byDefault } = read(`
engines:
  spage:
    command: [sh, run, "{playbook}", --daemon-grpc, "{daemon}", --play-id, "{id}", -i, "{inventory}"]
    variables: "-e {key}={value}"
    folders: [/srv/playbooks]
types: { playbook: spage }
`);
  expect(byDefault).toBe('spage');
  expect([...types]).toEqual([['playbook', 'spage']]);
  expect(byName.get('spage')).toMatchObject({
    slots: 4,
    timeoutMs: 0,
    verdict: 'message',
    folders: ['/srv/playbooks'],
  });
});

test('an engine that is not told where the daemon is, is judged by its exit code', () => {
  expect(read('engines: { backup: { command: [sh] } }').byName.get('backup')?.verdict).toBe('exit_code');
});

test.each([
  ['', 'the file is null: expected a mapping of names to values'],
  ['engines: {}', 'engines is missing: expected at least one engine'],
  ['engines: { a: { command: [sh, "{playbok}"] } }', '{playbok}'],
  ['engines: { a: { command: [sh, "{key}"] } }', '{key}'],
  ['engines: { a: { command: ["{playbook}"], folders: [/p] } }', 'a program without placeholders'],
  ['engines: { a: { command: [no-such-program-here] } }', 'a program that is on the PATH'],
  ['engines: { a: { command: [./sh] } }', 'a program that is on the PATH'],
  ['engines: { a: { command: sh } }', 'engines.a.command is "sh": expected a list of texts'],
  ['engines: { a: { command: [sh, "{playbook}"] } }', 'engines.a.folders is missing'],
  ['engines: { a: { command: [sh], folders: [playbooks] } }', 'an absolute path'],
  [
    'engines: { a: { command: [sh], slots: 0 } }',
    'engines.a.slots is 0: expected a whole number from 1 to 10000',
  ],
  ['engines: { a: { command: [sh], timeout_ms: -1 } }', 'engines.a.timeout_ms is -1'],
  ['engines: { a: { command: [sh], verdict: luck } }', 'expected message or exit_code'],
  ['engines: { a: { command: [sh], env: { "A=B": c } } }', 'the name of a variable'],
  ['engines: { a: { command: [sh], comand: [sh] } }', 'engines.a.comand is not known: expected one of'],
  [
    'engines: { a: { command: [sh] } }\ntypes: { playbook: b }',
    'types.playbook is "b": expected the name of an engine (a)',
  ],
  ['engines: { a: { command: [sh] } }\ndefault: b', 'default is "b"'],
  [
    'engines: { a: { command: [sh] } }\nlots: 3',
    'lots is not known: expected one of default, engines, types',
  ],
  ['engines: [', "can't be read"],
])('%j is refused in words', (text, problem) => {
  const problems = problemsOf(text);
  expect(
    problems.some((line) => line.includes(problem)),
    problems.join('\n'),
  ).toBe(true);
});

test('all that is wrong is told at once', () => {
  expect(problemsOf('engines: { a: { command: [], slots: 0 }, b: { command: [sh], lots: 1 } }')).toHaveLength(
    3,
  );
});

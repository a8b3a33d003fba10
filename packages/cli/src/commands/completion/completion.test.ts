import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from '../../program.js';
import { candidates } from './candidates.js';
import { COMPLETION_SCRIPTS } from './scripts.js';

test.each([
  [[''], ['up', 'register', 'tasks', 'listen', 'doctor', 'profile', 'completion']],
  [['li'], ['listen']],
  [
    ['tasks', ''],
    ['list', 'show', 'cancel'],
  ],
  [
    ['tasks', 'list', '--due'],
    ['--due-after', '--due-before'],
  ],
  [['start', '--j'], ['--json']],
  [['tasks', 'nonsense', 'sh'], ['show']],
])('behind %j may come %j', (words, expected) => {
  expect(candidates(createProgram({}), words)).toEqual(expect.arrayContaining(expected));
});

test('what is hidden is not offered', () => {
  expect(candidates(createProgram({}), ['comp'])).toEqual(['completion']);
});

test('bash offers what the program says, for the word that is typed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'boomerang-completion-'));
  try {
    const program = join(folder, 'boomerang');
    writeFileSync(program, '#!/bin/sh\nprintf "%s|" "$@" >"$0.asked"; printf "show\\nsome thing\\n"\n');
    chmodSync(program, 0o755);
    const script = `${COMPLETION_SCRIPTS.bash}
COMP_WORDS=(boomerang tasks s); COMP_CWORD=2; _boomerang
printf '%s|' "\${COMPREPLY[@]}"; cat "${program}.asked"`;
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const printed = execFileSync('bash', ['-c', script], { env, encoding: 'utf8', stdio: [...stdio] });
    expect(printed).toBe('show|some thing|complete|--|tasks|s|');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

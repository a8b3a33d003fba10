import { readFileSync } from 'node:fs';
import { ConfigError } from '@boomerang/runtime';
import { parse } from 'yaml';
import type { Engine, Engines } from './engine.js';
import { readEngine } from './read-engine.js';
import { Section } from './section.js';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_IS = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';

/**
 * Reads the file that declares the engines.
 *
 * @param slots of the daemon: how many an engine gets that says nothing.
 * @param path the PATH that programs are looked for on.
 * @throws ConfigError with one line for each thing that is wrong.
 */
export function readEngines(file: string, slots: number, path: string | undefined): Engines {
  const problems: string[] = [];
  const root = new Section('', parseFile(file), problems);
  const sections = root.section('engines');
  const byName = new Map<string, Engine>();
  for (const name of sections.keys) {
    if (!NAME.test(name)) sections.refuse(name, name, NAME_IS);
    byName.set(name, readEngine(name, sections.section(name), slots, path));
  }
  if (byName.size === 0) root.refuse('engines', undefined, 'at least one engine');
  const types = readTypes(root.section('types'), byName);
  const byDefault = root.text('default') ?? [...byName.keys()][0] ?? '';
  if (byName.size > 0 && !byName.has(byDefault)) root.refuse('default', byDefault, names(byName));
  root.end();
  if (problems.length > 0) throw new ConfigError(problems.map((problem) => `${file}: ${problem}`));
  return { byName, types, byDefault };
}

function readTypes(section: Section, engines: ReadonlyMap<string, Engine>): Map<string, string> {
  const types = new Map<string, string>();
  for (const type of section.keys) {
    const engine = section.text(type);
    if (engine !== undefined && !engines.has(engine)) section.refuse(type, engine, names(engines));
    if (engine !== undefined) types.set(type, engine);
  }
  return types;
}

function names(engines: ReadonlyMap<string, Engine>): string {
  return `the name of an engine (${[...engines.keys()].join(', ')})`;
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError([`${file} can't be read: ${(error as Error).message}`]);
  }
}

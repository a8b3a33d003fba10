import { isAbsolute } from 'node:path';
import type { Engine, VerdictBy } from './engine.js';
import { findExecutable } from './find-executable.js';
import type { Section } from './section.js';
import { Template } from './template.js';

/** Longest run that can be asked for: ten years, ms. */
const MOST_MS = 315_576_000_000;
const IN_COMMANDS = ['playbook', 'inventory', 'id', 'daemon', 'executor'];
const IN_VARIABLES = ['key', 'value'];
const VERDICTS: readonly VerdictBy[] = ['message', 'exit_code'];
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Reads one engine of the file. What is wrong is noted in the section. */
export function readEngine(name: string, section: Section, slots: number, path: string | undefined): Engine {
  const command = section.texts('command').map((text) => template(section, 'command', text, IN_COMMANDS));
  checkProgram(section, command, path);
  const variables = (section.text('variables') ?? '').split(/\s+/).filter((text) => text !== '');
  const engine = {
    name,
    command,
    variables: variables.map((text) => template(section, 'variables', text, IN_VARIABLES)),
    env: readEnv(section.section('env')),
    cwd: readFolder(section, 'cwd', section.text('cwd')),
    folders: section.texts('folders').map((folder) => readFolder(section, 'folders', folder) ?? ''),
    bundles: section.flag('bundles'),
    timeoutMs: section.whole('timeout_ms', 0, MOST_MS, 0),
    slots: section.whole('slots', 1, 10_000, slots),
    verdict: readVerdict(section, command),
  };
  checkFolders(section, engine);
  section.end();
  return engine;
}

/** An engine that is told where the daemon is reports how its play ends. */
function readVerdict(section: Section, command: readonly Template[]): VerdictBy {
  const reports = command.some(({ placeholders }) => placeholders.includes('daemon'));
  const given = section.text('verdict');
  const verdict = VERDICTS.find((known) => known === given);
  if (given !== undefined && !verdict) section.refuse('verdict', given, VERDICTS.join(' or '));
  return verdict ?? (reports ? 'message' : 'exit_code');
}

function readEnv(section: Section): Record<string, Template> {
  const env: Record<string, Template> = {};
  for (const name of section.keys) {
    const text = section.text(name);
    if (!VARIABLE_NAME.test(name))
      section.refuse(name, name, 'letters, digits and "_" as the name of a variable');
    else if (text !== undefined) env[name] = template(section, name, text, IN_COMMANDS);
  }
  return env;
}

function template(section: Section, key: string, text: string, known: readonly string[]): Template {
  const parsed = new Template(text);
  const allowed = known === IN_COMMANDS ? [...known, 'payload.<key>'] : known;
  for (const placeholder of parsed.placeholders) {
    const ofPayload = known === IN_COMMANDS && placeholder.startsWith('payload.');
    if (!ofPayload && !known.includes(placeholder)) {
      section.refuse(
        key,
        `{${placeholder}}`,
        `placeholders out of ${allowed.map((name) => `{${name}}`).join(', ')}`,
      );
    }
  }
  if (text.includes('\0')) section.refuse(key, text, 'no NUL');
  return parsed;
}

function checkProgram(section: Section, [program]: readonly Template[], path: string | undefined): void {
  if (!program) section.refuse('command', undefined, 'a list of texts, the program first');
  else if (program.placeholders.length > 0)
    section.refuse('command', program.source, 'a program without placeholders');
  else if (!findExecutable(program.source, path)) {
    section.refuse('command', program.source, 'a program that is on the PATH, or the absolute path of one');
  }
}

function readFolder(section: Section, key: string, folder: string | undefined): string | undefined {
  if (folder === undefined || isAbsolute(folder)) return folder;
  return section.refuse(key, folder, 'an absolute path');
}

/** Paths come from requests, so there have to be folders that they may be in. */
function checkFolders(section: Section, { command, folders }: Engine): void {
  const takesPaths = command.some(({ placeholders }) =>
    placeholders.some((name) => name === 'playbook' || name === 'inventory'),
  );
  if (takesPaths && folders.length === 0) {
    section.refuse('folders', undefined, 'the folders that playbooks and inventories may be in');
  }
}

import { invalidField } from '../errors.js';
import { quote } from '../quote.js';

/** What becomes of a task if one that it waits for fails, is cancelled or expires: it is cancelled, or due all the same. */
export type OnDependencyFailure = 'cancel' | 'run';

export const MOST_DEPENDENCIES = 1_000;
const MOST_NAME_BYTES = 128;
const FIELD = 'metadata.depends_on';
const ALLOWED =
  `at most ${MOST_DEPENDENCIES} names of tasks, separated by commas, or as a JSON array of texts; ` +
  `each of 1 to ${MOST_NAME_BYTES} bytes without control characters`;

/** The tasks that one waits for, each once. @throws BoomerangError `invalid_request`. */
export function parseDependsOn(text = ''): string[] {
  const names = [...new Set(namesIn(text.trim()))];
  if (names.length > MOST_DEPENDENCIES) throw invalidField(FIELD, `${names.length} tasks`, ALLOWED);
  const bad = names.find(isNoName);
  if (bad !== undefined) throw invalidField(FIELD, `${quote(bad)} is no name of a task`, ALLOWED);
  return names;
}

export function parseOnDependencyFailure(text = 'cancel'): OnDependencyFailure {
  if (text === 'cancel' || text === 'run') return text;
  throw invalidField('metadata.on_dependency_failure', `${quote(text)} is neither`, 'cancel or run');
}

function namesIn(text: string): string[] {
  if (text === '') return [];
  if (!text.startsWith('[')) return text.split(',').map((name) => name.trim());
  const names = jsonOf(text);
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw invalidField(FIELD, 'it is no JSON array of texts', ALLOWED);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isNoName(name: string): boolean {
  return name === '' || /\p{Cc}/u.test(name) || new TextEncoder().encode(name).length > MOST_NAME_BYTES;
}

import { AnswerError, quoted } from './answer-error.js';

/** Names in lower case; a list has the values of a field that came more than once. */
export type HeaderFields = Record<string, string | string[] | undefined>;

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Fields that decide where the answer ends: they are read strictly. */
const FRAMING = ['content-length', 'transfer-encoding'];

export function noFields(): HeaderFields {
  return Object.create(null) as HeaderFields;
}

/** Adds the field that a line holds. @throws AnswerError for what is none. */
export function addField(fields: HeaderFields, line: string): void {
  const colon = line.indexOf(':');
  const before = colon === -1 ? line : line.slice(0, colon);
  const bare = trimmedEnd(before);
  if (colon === -1 || !NAME.test(bare)) throw notAField(line);
  const name = bare.toLowerCase();
  if (bare !== before && FRAMING.includes(name)) {
    throw new AnswerError(`a blank stands before the colon of ${quoted(line)}`);
  }
  const value = trimmed(line.slice(colon + 1));
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else if (typeof known === 'string') fields[name] = [known, value];
  else known.push(value);
}

/** The elements of a field whose value is a list, over all lines that it came in. */
export function elementsOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  const line = typeof value === 'string' ? value : value.join();
  return line.includes(',') ? line.split(',').map(trimmed) : [line];
}

function notAField(line: string): AnswerError {
  if (/^[ \t]/.test(line)) {
    return new AnswerError(
      `the header line ${quoted(line)} goes on with the one before it; each needs its name`,
    );
  }
  return new AnswerError(`the header line ${quoted(line)} is not a name, a colon and a value`);
}

function trimmed(text: string): string {
  let at = 0;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return trimmedEnd(text.slice(at));
}

/** Without blanks and tabs at its end. A regular expression would take time in the square of their number. */
function trimmedEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ' || text[end - 1] === '\t') end--;
  return text.slice(0, end);
}

const SCALAR = /[^\s,\]}]+/y;
const SPACE = /\s*/y;

/**
 * The text of a member of the object that `text` is, exactly as it was sent: numbers beyond what JavaScript can hold and the
 * order of members survive. As `JSON.parse`, it takes the last one of that name.
 *
 * @param text valid JSON.
 */
export function rawMember(text: string, name: string): string | undefined {
  let found: string | undefined;
  let at = skip(SPACE, text, text.indexOf('{') + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const begin = skip(SPACE, text, text.indexOf(':', keyEnd) + 1);
    const end = endOfValue(text, begin);
    if (key === name) found = text.slice(begin, end);
    at = skip(SPACE, text, end);
    if (text[at] === ',') at = skip(SPACE, text, at + 1);
  }
  return found;
}

/** The texts of the elements of the array that `text` is, each exactly as it was sent. @param text valid JSON. */
export function rawElements(text: string): string[] {
  const elements: string[] = [];
  let at = skip(SPACE, text, text.indexOf('[') + 1);
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at);
    elements.push(text.slice(at, end));
    at = skip(SPACE, text, end);
    if (text[at] === ',') at = skip(SPACE, text, at + 1);
  }
  return elements;
}

function endOfValue(text: string, begin: number): number {
  let at = begin;
  let depth = 0;
  do {
    const next = text[at];
    if (next === '"') at = endOfString(text, at);
    else if (next === '{' || next === '[') {
      depth++;
      at++;
    } else if (next === '}' || next === ']') {
      depth--;
      at++;
    } else if (next === ',' || next === ':') at++;
    else at = skip(SCALAR, text, at);
    if (depth > 0) at = skip(SPACE, text, at);
  } while (depth > 0);
  return at;
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  pattern.test(text);
  return pattern.lastIndex;
}

/** Behind the quote that ends the string: the first one with an even number of backslashes before it. */
function endOfString(text: string, begin: number): number {
  let at = begin;
  for (;;) {
    at = text.indexOf('"', at + 1);
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

import { readLua } from '../scripts-folder.js';

/**
 * The text of a script for Redis: its `#!` line, then the parts that it uses of the libraries in its `@include` line, then
 * the script itself. Redis creates every function of a text again at each call (0.25 µs each), so unused ones are left out.
 * Lua allows 200 local variables in a text: keys that are not used are left out, too, and numbers of libraries are written
 * in the place of their names.
 */
export function scriptText(file: string): string {
  const [, flags = '', body = ''] = /^(#!.*\n)?([\s\S]*)$/.exec(readLua(file)) ?? [];
  const used = new Set(words(withoutComments(body)));
  const numbers = new Map<string, string>();
  const parts = [body];
  for (const { names, text } of included(body, new Set()).flatMap(statements).reverse()) {
    if (!names.some((name) => used.has(name))) continue;
    const values = NUMBERS.exec(text)?.[1]?.split(', ');
    if (values) names.forEach((name, i) => void numbers.set(name, values[i] as string));
    else parts.unshift(ALL_KEYS.test(text) ? keysOf(names, used) : text);
    for (const word of words(text)) used.add(word);
  }
  return flags + parts.join('').replace(STRING_OR_WORD, (found) => numbers.get(found) ?? found);
}

const NUMBERS = /^local [A-Z_, ]+ = (\d+(?:, \d+)*)\s*$/;
const ALL_KEYS = /= unpack\(KEYS\)\s*$/;
const STRING_OR_WORD = /'[^'\n]*'|"[^"\n]*"|\w+/g;

/** What reads those of KEYS that are used. */
function keysOf(names: readonly string[], used: ReadonlySet<string>): string {
  const read = names.flatMap((name, i) => (used.has(name) ? [[name, `KEYS[${i + 1}]`] as const] : []));
  return `local ${read.map(([name]) => name).join(', ')} = ${read.map(([, key]) => key).join(', ')}\n\n`;
}

/** The libraries that `text` includes, each once and behind those that it includes itself. */
function included(text: string, seen: Set<string>): string[] {
  const names = /^--- @include (.*)$/m.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  return names.flatMap((name) => {
    if (seen.has(name)) return [];
    seen.add(name);
    const library = readLua(`lib/${name}.lua`);
    return [...included(library, seen), library];
  });
}

interface Statement {
  readonly names: readonly string[];
  readonly text: string;
}

/** A library consists of local variables and functions; Lua knows each only from its statement on. */
function statements(library: string): Statement[] {
  return withoutComments(library)
    .split(/^(?=local )/m)
    .flatMap((text) => {
      const [, defined] = /^local (?:function )?([\w\s,]+)/.exec(text) ?? [];
      return defined ? [{ names: words(defined), text }] : [];
    });
}

function withoutComments(lua: string): string {
  return lua.replace(/^[ \t]*--.*\n/gm, '');
}

function words(text: string): string[] {
  return text.match(/[A-Za-z_]\w*/g) ?? [];
}

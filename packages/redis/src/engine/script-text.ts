import { readLua } from '../scripts-folder.js';

/**
 * The text of a script for Redis: its `#!` line, then the parts that it uses of the libraries in its `@include` line, then
 * the script itself. Redis creates every function of a text again at each call (0.25 µs each), so unused ones are left out.
 */
export function scriptText(file: string): string {
  const [, flags = '', body = ''] = /^(#!.*\n)?([\s\S]*)$/.exec(readLua(file)) ?? [];
  const used = new Set(words(withoutComments(body)));
  const parts = [body];
  for (const { names, text } of included(body, new Set()).flatMap(statements).reverse()) {
    if (!names.some((name) => used.has(name))) continue;
    parts.unshift(text);
    for (const word of words(text)) used.add(word);
  }
  return flags + parts.join('');
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

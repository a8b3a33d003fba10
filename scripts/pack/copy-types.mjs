import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** An import or export of named things, or of all, from elsewhere. */
const STATEMENT = /^(import|export)( type)? (\*|\{[^}]*\}) from (['"])([^'"]+)\4;$/gm;

/**
 * Copies the declarations that `dist/index.d.ts` of the workspace `entry` needs into `out`, one folder for each workspace.
 * What is imported from another workspace is imported from the file that declares it, so that the rest stays away.
 *
 * @param replaced by path below packages/, such as `protocol/generated/contract.d.ts`: what is written instead.
 * @returns the copied entry, relative to `out`.
 */
export function copyTypes(packages, entry, out, replaced) {
  const seen = new Set();
  const exported = new Set(
    [...readFileSync(join(packages, indexOf(entry)), 'utf8').matchAll(STATEMENT)].map((statement) =>
      beside(indexOf(entry), statement[5]),
    ),
  );
  const read = (file) => replaced[file] ?? readFileSync(join(packages, file), 'utf8');

  function copy(file) {
    if (seen.has(file)) return;
    seen.add(file);
    const plainText = read(file).replace(/^\/\/# sourceMappingURL=.*$/m, '');
    const text = plainText.replace(STATEMENT, (_, verb, type = '', names, _quote, specifier) =>
      partsOf(file, names, specifier)
        .map(([what, from]) => `${verb}${type} ${what} from '${from}';`)
        .join('\n'),
    );
    if (/from ['"]@boomerang\//.test(text))
      throw new Error(`${file} imports something private in an unknown way`);
    mkdirSync(dirname(join(out, file)), { recursive: true });
    writeFileSync(join(out, file), isForReaders(file) || exported.has(file) ? text : withoutComments(text));
  }

  /** What a statement names, by the files that declare it. */
  function partsOf(file, names, specifier) {
    const workspace = /^@boomerang\/([\w-]+)$/.exec(specifier)?.[1];
    if (!workspace && !specifier.startsWith('.')) return [[names, specifier]];
    const target = workspace ? indexOf(workspace) : beside(file, specifier);
    const byFile = new Map();
    for (const name of workspace ? listed(names) : [names]) {
      const declaring = workspace ? (declares(target, plain(name)) ?? target) : target;
      byFile.set(declaring, [...(byFile.get(declaring) ?? []), name]);
    }
    return [...byFile].map(([declaring, all]) => {
      copy(declaring);
      return [workspace ? `{ ${all.join(', ')} }` : names, asSpecifier(file, declaring)];
    });
  }

  /** The file behind an index that declares `name`. */
  function declares(index, name) {
    for (const [, , , names, , specifier] of read(index).matchAll(STATEMENT)) {
      const file = beside(index, specifier);
      if (names === '*' ? isDeclaredIn(read(file), name) : listed(names).some((one) => plain(one) === name))
        return file;
    }
    return undefined;
  }

  copy(indexOf(entry));
  return indexOf(entry);
}

/** What a session is opened with, besides what the entry exports; of the rest comments would only take room. */
function isForReaders(file) {
  return /^domain.dist.policy\b/.test(file);
}

export function withoutComments(types) {
  return types.replace(/^ *\/\*\*.*?\*\/\n\n?/gms, '');
}

function isDeclaredIn(text, name) {
  return new RegExp(`^export (declare )?(interface|type|class|const|function) ${name}\\b`, 'm').test(text);
}

function listed(names) {
  return names
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function plain(name) {
  return name.replace(/^type /, '').replace(/ as .*$/, '');
}

function indexOf(workspace) {
  return join(workspace, 'dist', 'index.d.ts');
}

function beside(file, specifier) {
  return join(dirname(file), specifier).replace(/\.js$/, '.d.ts');
}

function asSpecifier(from, target) {
  const path = relative(dirname(from), target).replace(/\.d\.ts$/, '.js');
  return path.startsWith('.') ? path : `./${path}`;
}

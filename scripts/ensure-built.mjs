import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './build-lock.mjs';
import { runGuarded } from './run-guarded.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const nodeModules = join(root, 'node_modules');
const dashboard = join(root, 'packages', 'dashboard');
const installStamp = join(nodeModules, '.boomerang-installed');
const buildStamp = join(nodeModules, '.boomerang-built');

/**
 * Installs the dependencies and builds every workspace, each only if that is needed. What it does is told on stderr. A
 * failure prints what the tool said and ends the process with code 1.
 */
export async function ensureBuilt() {
  refuseOldNode();
  if (isInstalled() && isBuilt()) return;
  try {
    await withLock(join(root, '.boomerang', 'build.lock'), installAndBuild, (pid) =>
      tell(`waiting for process ${pid}, which is building`),
    );
  } catch (error) {
    tell(error.message);
    process.exit(1);
  }
}

async function installAndBuild() {
  if (!isInstalled()) await install();
  if (!isBuilt()) await build();
}

function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  tell(`Node ${process.versions.node} is too old: 20.19 or later is needed`);
  process.exit(1);
}

async function install() {
  const command = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install';
  tell('installing the dependencies');
  await run('npm', [command, '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']);
  writeFileSync(installStamp, lockHash());
}

async function build() {
  const sources = sourcesHash();
  tell('building');
  await run(join(nodeModules, '.bin', 'tsc'), ['-b', join(root, 'tsconfig.json')]);
  await run(join(nodeModules, '.bin', 'vite'), ['build', '--logLevel', 'warn', dashboard]);
  writeFileSync(buildStamp, sources);
}

/** npm writes its own copy of the lock last: one that is newer means that somebody installed by hand. */
function isInstalled() {
  if (readOr(installStamp, '') === lockHash()) return true;
  const [own, lock] = [join(nodeModules, '.package-lock.json'), join(root, 'package-lock.json')];
  if (existsSync(installStamp) || !existsSync(own) || !existsSync(lock)) return false;
  if (statSync(own).mtimeMs < statSync(lock).mtimeMs) return false;
  writeFileSync(installStamp, lockHash());
  return true;
}

function isBuilt() {
  const { references } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const missing = references.some(({ path }) => !existsSync(join(root, path, 'dist')));
  return (
    !missing &&
    existsSync(join(dashboard, 'dist', 'page', 'index.html')) &&
    readOr(buildStamp, '') === sourcesHash()
  );
}

function lockHash() {
  return createHash('sha256')
    .update(readOr(join(root, 'package-lock.json'), 'none'))
    .digest('hex');
}

/** By content and not by time, because git gives files the time of the checkout. */
function sourcesHash() {
  const hash = createHash('sha256').update(lockHash());
  for (const file of sourceFiles()) {
    hash.update(`\n${relative(root, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function sourceFiles() {
  const workspaces = ['packages', 'services'].flatMap((parent) => folders(join(root, parent)));
  const configs = [root, ...workspaces].flatMap((folder) =>
    files(folder).filter((file) =>
      /[/\\]((tsconfig[^/\\]*|package)\.json|index\.html|vite\.config\.ts)$/.test(file),
    ),
  );
  const sources = workspaces.flatMap((folder) =>
    ['src', 'generated', 'public'].flatMap((name) => tree(join(folder, name))),
  );
  return [...configs, ...sources].filter((file) => !file.endsWith('.test.ts')).sort();
}

function tree(folder) {
  return [...files(folder), ...folders(folder).flatMap(tree)];
}

function files(folder) {
  return entries(folder).flatMap((entry) => (entry.isFile() ? [join(folder, entry.name)] : []));
}

function folders(folder) {
  return entries(folder).flatMap((entry) => (entry.isDirectory() ? [join(folder, entry.name)] : []));
}

function entries(folder) {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
}

function readOr(file, otherwise) {
  return existsSync(file) ? readFileSync(file, 'utf8') : otherwise;
}

async function run(command, args) {
  let output = '';
  const outcome = await runGuarded(
    command,
    args,
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
    (child) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text) => {
          output += text;
        });
      }
    },
  );
  if (outcome === 0) return;
  process.stderr.write(output);
  const why = typeof outcome === 'number' ? `code ${outcome}` : outcome;
  throw new Error(`${[command, ...args].join(' ')} failed: ${why}`);
}

function tell(line) {
  process.stderr.write(`boomerang: ${line}\n`);
}

import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RedisServerBinary, whyUnusable } from './binary.js';
import { type CommandResult, runCommand } from './run-command.js';

/** Debian keeps the server's binary in redis-tools, under the name redis-check-rdb; it picks its role by its name. */
const SERVER_PACKAGE = 'redis-tools';
/** What it links to and what a small installation doesn't have. */
const LIBRARY_PACKAGES = ['libjemalloc2', 'liblzf1', 'libatomic1'];

/** Where the copy for this machine is kept: one for each release, as another release's would not find its libraries. */
export async function debianCopyDir(cacheDir: string): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const field = (name: string) => new RegExp(`^${name}="?([\\w.-]+)"?$`, 'm').exec(release)?.[1] ?? 'unknown';
  return join(cacheDir, `${field('ID')}-${field('VERSION_ID')}-${process.arch}`);
}

/** The copy that was fetched before, or undefined. */
export async function debianCopy(
  copyDir: string,
): Promise<Pick<RedisServerBinary, 'command' | 'env'> | undefined> {
  const folders = await libraryDirs(copyDir);
  if (folders.length === 0) return undefined;
  const inherited = process.env.LD_LIBRARY_PATH ? [process.env.LD_LIBRARY_PATH] : [];
  return {
    command: join(copyDir, 'usr', 'bin', 'redis-server'),
    env: { LD_LIBRARY_PATH: [...folders, ...inherited].join(':') },
  };
}

/**
 * Fetches Debian's packages without installing them, as any user, and unpacks them to `copyDir`. Any number of
 * processes may do so at once: each works in a folder of its own, and the first to finish keeps its place.
 * Throws with apt's own words if the packages can't be had.
 */
export async function fetchDebianCopy(cacheDir: string, copyDir: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, '.fetch-'));
  try {
    const apt = await prepareApt(work);
    const update = await apt('apt-get', ['-q', 'update']);
    const first = await apt('apt-get', ['-q', 'download', SERVER_PACKAGE, ...LIBRARY_PACKAGES]);
    if (first.code !== 0) {
      // Another release may have other names: the server alone, then whatever it depends on.
      const server = await apt('apt-get', ['-q', 'download', SERVER_PACKAGE]);
      if (server.code !== 0) throw new Error(`${update.output}\n${server.output}`.trim());
    }
    const root = await unpack(work);
    await symlink('redis-check-rdb', join(root, 'usr', 'bin', 'redis-server'));
    if (await copyProblem(root)) {
      await downloadDependencies(apt);
      await unpack(work);
    }
    await keep(root, copyDir);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

type Apt = (program: 'apt-get' | 'apt-cache', args: string[]) => Promise<CommandResult>;

/** apt with its lists and its cache in `work`, and without the hooks that would tidy the system's. */
async function prepareApt(work: string): Promise<Apt> {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'packages', 'root']) {
    await mkdir(join(work, folder), { recursive: true });
  }
  const config = join(work, 'apt.conf');
  await writeFile(
    config,
    `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State::Lists "${work}/lists";
Dir::Cache "${work}/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::Retries "2";
`,
  );
  return (program, args) =>
    runCommand(program, ['-c', config, ...args], {
      cwd: join(work, 'packages'),
      env: { LC_ALL: 'C' },
      timeoutMs: 120_000,
    });
}

async function unpack(work: string): Promise<string> {
  const root = join(work, 'root');
  const packages = (await readdir(join(work, 'packages'))).filter((name) => name.endsWith('.deb'));
  for (const name of packages) {
    const run = await runCommand('dpkg-deb', ['-x', join(work, 'packages', name), root]);
    if (run.code !== 0) throw new Error(run.output.trim());
  }
  return root;
}

/** Everything the server links to, but never another C library than the machine's own. */
async function downloadDependencies(apt: Apt): Promise<void> {
  const edges = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const listing = await apt('apt-cache', [
    'depends',
    '--recurse',
    ...edges.map((edge) => `--no-${edge}`),
    SERVER_PACKAGE,
  ]);
  const names = listing.stdout
    .split('\n')
    .filter((line) => /^(lib|lua)[\w.+-]+$/.test(line) && line !== 'libc6');
  for (const name of names) await apt('apt-get', ['-q', 'download', name]);
}

/** Puts the finished copy in its place, unless another process was there first with one that works. */
async function keep(root: string, copyDir: string): Promise<void> {
  const unusable = await copyProblem(root);
  if (unusable) throw new Error(`the server from ${SERVER_PACKAGE} can't be used: ${unusable}`);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await moved(root, copyDir)) return;
    if ((await copyProblem(copyDir)) === undefined) return;
    await moved(copyDir, `${root}-broken-${attempt}`);
  }
  throw new Error(`${copyDir} can't be written`);
}

async function copyProblem(root: string): Promise<string | undefined> {
  const copy = await debianCopy(root);
  return copy ? whyUnusable(copy) : 'it has no libraries';
}

function moved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}

async function libraryDirs(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const parent of [join(root, 'usr', 'lib'), join(root, 'lib')]) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
    found.push(...entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name)));
  }
  return found;
}

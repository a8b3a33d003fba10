import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, runCommand } from './run-command.js';

/** What is taken from Debian, and how it is known to work. */
export interface DebianPick {
  /** The package that is wanted. */
  readonly wanted: string;
  /** Packages of libraries that it needs and that a small installation doesn't have. */
  readonly libraries: readonly string[];
  /** Puts in order what was unpacked to `root`. */
  readonly prepare?: (root: string) => Promise<void>;
  /** Undefined if what is in `root` runs here; else the reason why it can't be used. */
  readonly problem: (root: string) => Promise<string | undefined>;
}

/** Where the copy for this machine is kept: one for each release, as another release's would not find its libraries. */
export async function debianCopyDir(cacheDir: string): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const field = (name: string) => new RegExp(`^${name}="?([\\w.-]+)"?$`, 'm').exec(release)?.[1] ?? 'unknown';
  return join(cacheDir, `${field('ID')}-${field('VERSION_ID')}-${process.arch}`);
}

/**
 * Fetches Debian's packages without installing them, as any user, and unpacks them to `copyDir`. Any number of
 * processes may do so at once: each works in a folder of its own, and the first to finish keeps its place.
 * Throws with apt's own words if the packages can't be had.
 */
export async function fetchDebianCopy(pick: DebianPick, cacheDir: string, copyDir: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, '.fetch-'));
  try {
    const apt = await prepareApt(work);
    const update = await apt('apt-get', ['-q', 'update']);
    const first = await apt('apt-get', ['-q', 'download', pick.wanted, ...pick.libraries]);
    if (first.code !== 0) {
      // Another release may have other names: what is wanted alone, then whatever it depends on.
      const alone = await apt('apt-get', ['-q', 'download', pick.wanted]);
      if (alone.code !== 0) throw new Error(`${update.output}\n${alone.output}`.trim());
    }
    const root = await unpack(work);
    await pick.prepare?.(root);
    if (await pick.problem(root)) {
      await downloadDependencies(apt, pick.wanted);
      await unpack(work);
    }
    await keep(pick, root, copyDir);
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

/** Everything that it links to, but never another C library than the machine's own. */
async function downloadDependencies(apt: Apt, wanted: string): Promise<void> {
  const edges = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'];
  const listing = await apt('apt-cache', [
    'depends',
    '--recurse',
    ...edges.map((edge) => `--no-${edge}`),
    wanted,
  ]);
  const names = listing.stdout
    .split('\n')
    .filter((line) => /^(lib|lua)[\w.+-]+$/.test(line) && line !== 'libc6');
  for (const name of names) await apt('apt-get', ['-q', 'download', name]);
}

/** Puts the finished copy in its place, unless another process was there first with one that works. */
async function keep({ wanted, problem }: DebianPick, root: string, copyDir: string): Promise<void> {
  const unusable = await problem(root);
  if (unusable) throw new Error(`what ${wanted} holds can't be used: ${unusable}`);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    if (await moved(root, copyDir)) return;
    if ((await problem(copyDir)) === undefined) return;
    await moved(copyDir, `${root}-broken-${attempt}`);
  }
  throw new Error(`${copyDir} can't be written`);
}

function moved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}

/** Folders with libraries in what was unpacked to `root`. */
export async function libraryDirs(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const parent of [join(root, 'usr', 'lib'), join(root, 'lib')]) {
    const entries = await readdir(parent, { withFileTypes: true }).catch(() => []);
    found.push(...entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name)));
  }
  return found;
}

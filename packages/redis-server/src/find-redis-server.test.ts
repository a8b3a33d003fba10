import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { whyUnusable } from './binary.js';
import { findRedisServer } from './find-redis-server.js';
import { onPath } from './path-lookup.js';

let cacheDir: string;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'boomerang-test-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(cacheDir, { recursive: true, force: true });
});

/** A PATH that begins with a folder holding one program. */
async function withProgram(name: string, script: string): Promise<string> {
  const folder = join(cacheDir, 'bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return folder;
}

describe('findRedisServer', () => {
  test('takes a server on PATH first, Valkey before Redis', async () => {
    const folder = await withProgram('redis-server', 'echo Redis server v=7.2.4 sha=0');
    await withProgram('valkey-server', 'echo Valkey server v=8.0.1 sha=0');
    vi.stubEnv('PATH', folder);
    expect(await findRedisServer({ cacheDir })).toEqual({
      command: join(folder, 'valkey-server'),
      env: {},
      origin: 'path',
    });
  });

  test('passes over a server that is too old, and says so', async () => {
    vi.stubEnv('PATH', await withProgram('redis-server', 'echo Redis server v=5.0.7 sha=0'));
    const lines: string[] = [];
    await expect(findRedisServer({ cacheDir, log: (line) => lines.push(line) })).rejects.toThrow();
    expect(lines).toEqual([expect.stringContaining('version 5.0 is older than 7.0')]);
  });

  test('says in one line what to install when nothing helps', async () => {
    vi.stubEnv('PATH', cacheDir);
    await expect(findRedisServer({ cacheDir })).rejects.toThrow(
      /^no Redis server found: install .*BOOMERANG_REDIS_URL.*$/,
    );
  });

  test('uses a container where only Docker answers', async () => {
    vi.stubEnv('PATH', await withProgram('docker', 'echo 28.2.2'));
    const found = await findRedisServer({ cacheDir });
    expect(found).toMatchObject({ origin: 'docker', command: expect.stringContaining(cacheDir) });
  });

  test("fetches Debian's packages without root, by several at once, and finds the copy again", async (context) => {
    if (!(await onPath('apt-get'))) context.skip('apt-get is not on this machine');
    vi.stubEnv('PATH', await withoutServers());
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    const found = await Promise.all([findRedisServer({ cacheDir, log }), findRedisServer({ cacheDir, log })]);
    expect(
      found.map(({ origin }) => origin),
      lines.join('\n'),
    ).toEqual(['debian', 'debian']);
    for (const binary of found) expect(await whyUnusable(binary)).toBeUndefined();
    expect(await findRedisServer({ cacheDir })).toEqual({ ...found[0], origin: 'cache' });
    expect((await readdir(cacheDir)).filter((name) => name.startsWith('.fetch-'))).toEqual([]);
  }, 120_000);

  test('fetches anew when the copy does not run', async (context) => {
    if (!(await onPath('apt-get'))) context.skip('apt-get is not on this machine');
    vi.stubEnv('PATH', await withoutServers());
    const { command } = await findRedisServer({ cacheDir });
    await rm(command);
    await writeFile(command, '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(await findRedisServer({ cacheDir })).toMatchObject({ command, origin: 'debian' });
  }, 120_000);
});

/** A folder of links to the programs that fetching needs. */
async function withoutServers(): Promise<string> {
  const folder = join(cacheDir, 'programs');
  await mkdir(folder, { recursive: true });
  for (const source of ['/usr/bin', '/bin']) {
    for (const name of await readdir(source)) {
      if (/^(redis|valkey)-server$/.test(name)) continue;
      await symlink(join(source, name), join(folder, name)).catch(() => undefined);
    }
  }
  return folder;
}

import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type RedisServerBinary, whyUnusable } from './binary.js';
import { type DebianPick, libraryDirs } from './debian-packages.js';

/** Debian keeps the server's binary in redis-tools, under the name redis-check-rdb; it picks its role by its name. */
export const DEBIAN_REDIS: DebianPick = {
  wanted: 'redis-tools',
  libraries: ['libjemalloc2', 'liblzf1', 'libatomic1'],
  prepare: (root) => symlink('redis-check-rdb', join(root, 'usr', 'bin', 'redis-server')),
  async problem(root) {
    const copy = await debianRedis(root);
    return copy ? whyUnusable(copy) : 'it has no libraries';
  },
};

/** The server in what was unpacked to `root`, or undefined where nothing was. */
export async function debianRedis(
  root: string,
): Promise<Pick<RedisServerBinary, 'command' | 'env'> | undefined> {
  const folders = await libraryDirs(root);
  if (folders.length === 0) return undefined;
  const inherited = process.env.LD_LIBRARY_PATH ? [process.env.LD_LIBRARY_PATH] : [];
  return {
    command: join(root, 'usr', 'bin', 'redis-server'),
    env: { LD_LIBRARY_PATH: [...folders, ...inherited].join(':') },
  };
}

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLibfaketime } from './libfaketime.js';

/** A clock for services that shows another time of day. As when a host's clock is set, the monotonic clock goes on. */
export interface FakeClock {
  /** For the environment of the processes that are to have it. */
  readonly env: Readonly<Record<string, string>>;
  /** From at most a second later on they see a time of day this far ahead of the true one. */
  set(aheadSeconds: number): Promise<void>;
  remove(): Promise<void>;
}

/** Rejects with the reason where clocks can't be faked. */
export async function createFakeClock(aheadSeconds: number): Promise<FakeClock> {
  const library = await findLibfaketime();
  const folder = await mkdtemp(join(tmpdir(), 'boomerang-clock-'));
  const file = join(folder, 'offset');
  async function set(seconds: number): Promise<void> {
    await writeFile(`${file}.new`, `${seconds < 0 ? '' : '+'}${seconds}s\n`);
    await rename(`${file}.new`, file);
  }
  await set(aheadSeconds);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

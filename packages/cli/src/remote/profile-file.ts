import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Environment, readConfig } from '@boomerang/runtime';
import { UsageError } from '../usage-error.js';
import { remoteSettings } from './settings.js';

/** A gateway, and who one is there. */
export interface StoredProfile {
  /** Of its HTTP API. */
  readonly url: string;
  /** A key of a client. A secret. */
  readonly key?: string;
}

export interface ProfileFile {
  /** The name of the profile that is used where none is named. */
  readonly current?: string;
  readonly profiles: Readonly<Record<string, StoredProfile>>;
}

export function profileFilePath(env: Environment): string {
  const { config } = readConfig(remoteSettings, env);
  return config ?? join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'boomerang', 'config.json');
}

/** Empty if there is no file yet. @throws UsageError for one that can't be understood. */
export function readProfileFile(env: Environment): ProfileFile {
  const path = profileFilePath(env);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { profiles: {} };
    throw error;
  }
  const file = parse(text);
  if (file) return file;
  throw new UsageError(
    `${path} can't be understood; allowed: {"current":"NAME","profiles":{"NAME":{"url":"https://…","key":"bmr_…"}}}`,
  );
}

/** Only its owner may read it, because it holds keys. A reader sees the old file or the new one. */
export function writeProfileFile(env: Environment, file: ProfileFile): void {
  const path = profileFilePath(env);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}

function parse(text: string): ProfileFile | undefined {
  try {
    const file: unknown = JSON.parse(text);
    return isProfileFile(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isProfileFile(file: unknown): file is ProfileFile {
  const { current, profiles } = Object(file) as Partial<ProfileFile>;
  if (current !== undefined && typeof current !== 'string') return false;
  if (typeof profiles !== 'object' || profiles === null) return false;
  return Object.values(profiles).every(isStoredProfile);
}

function isStoredProfile(profile: unknown): boolean {
  const { url, key } = Object(profile) as Partial<StoredProfile>;
  return typeof url === 'string' && (key === undefined || typeof key === 'string');
}

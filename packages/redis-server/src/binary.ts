import { runCommand } from './run-command.js';

/** Where a server binary was found, in the order in which the places are looked at. */
export type BinaryOrigin = 'path' | 'cache' | 'debian' | 'npm' | 'docker';

/** A command that starts a Redis (or Valkey) server when it is given a server's arguments. */
export interface RedisServerBinary {
  command: string;
  /** To be added to the environment of the child. */
  env: Record<string, string>;
  origin: BinaryOrigin;
}

/** The scripts use PEXPIRETIME. */
const OLDEST = { major: 7, minor: 0 };

/** Undefined if the binary runs here and is recent enough; else the reason why it can't be used. */
export async function whyUnusable(
  binary: Pick<RedisServerBinary, 'command' | 'env'>,
): Promise<string | undefined> {
  const run = await runCommand(binary.command, ['--version'], { env: binary.env });
  if (run.code !== 0) return `it does not run: ${lastLine(run.output)}`;
  const version = /\bv=(\d+)\.(\d+)/.exec(run.output);
  if (!version) return `it tells no version: ${lastLine(run.output)}`;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const recent = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  return recent ? undefined : `version ${major}.${minor} is older than ${OLDEST.major}.${OLDEST.minor}`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestStack } from '@boomerang/testkit';

const cli = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));

/** Runs `npm run client -- …` on the stack's Redis; what it prints on standard output. Rejects when it fails. */
export async function runClient(stack: TestStack, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [cli, 'client', ...args], {
    env: envOf(stack),
  });
  return stdout.trim();
}

/** The same as a process, for those who end it. */
export function spawnClient(stack: TestStack, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [cli, 'client', ...args], { env: envOf(stack), stdio: 'ignore' });
}

function envOf(stack: TestStack): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    BOOMERANG_REDIS_URL: stack.redis.url,
    BOOMERANG_KEY_PEPPER: stack.keyPepper,
    BOOMERANG_MASTER_KEY: stack.masterKey.toString('base64'),
  };
}

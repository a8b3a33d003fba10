import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirFor } from '@boomerang/redis-server';

const run = promisify(execFile);

/** The runtime of gRPC for Python, and protoc with its plugin. */
const PACKAGES = ['grpcio==1.85.3', 'grpcio-tools==1.85.1'];
const INSTALL_TIMEOUT_MS = 240_000;

/** A Python with grpcio: kept from an earlier run, or made now of the python3 on PATH. Otherwise why there is none. */
export async function findPython(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const kept = join(await cacheDirFor('python'), PACKAGES.join('-').replaceAll('=', ''));
  const path = join(kept, 'bin', 'python');
  if (existsSync(join(kept, 'complete')) && (await isUsable(path))) return { path };
  try {
    await install(kept);
    return { path };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    return { missing: `no python3 with ${PACKAGES.join(' and ')} is to be had: ${reason}` };
  }
}

/** Python's environments can't be moved: it is made where it stays, and marked when it is whole. */
async function install(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', folder]);
  const options = ['--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
  await run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...options, ...PACKAGES], {
    timeout: INSTALL_TIMEOUT_MS,
  });
  await mkdir(join(folder, 'complete'));
}

function isUsable(path: string): Promise<boolean> {
  return run(path, ['-c', 'import grpc, grpc_tools']).then(
    () => true,
    () => false,
  );
}

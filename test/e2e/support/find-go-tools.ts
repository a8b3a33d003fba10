import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDirFor } from '@boomerang/redis-server';

const run = promisify(execFile);
const SOURCES = fileURLToPath(new URL('../../go', import.meta.url));
/** A compiler from scratch, with modules to be fetched. */
const BUILD_TIMEOUT_MS = 300_000;
const CONTRACT = 'generated/github.com/AlexanderGrooff/spage-protobuf';

/**
 * A folder with grpcurl and protoc's plugins for Go, as test/go/go.mod names them: kept from an earlier run, or built now.
 * Otherwise why there is none.
 */
export async function findGoTools(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const pinned = await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(join(SOURCES, file))));
  const hash = createHash('sha256').update(Buffer.concat(pinned)).digest('hex').slice(0, 16);
  const kept = join(await cacheDirFor('go'), hash);
  const path = join(kept, 'bin');
  if (existsSync(join(kept, 'complete'))) return { path };
  try {
    await layGoModule(kept);
    await run('go', ['build', '-o', 'bin/', 'tool'], { cwd: kept, timeout: BUILD_TIMEOUT_MS });
    await mkdir(join(kept, 'complete'));
    return { path };
  } catch (error) {
    const [reason] = (error as Error).message.split('\n');
    return { missing: `the tools of test/go/go.mod can't be built with the go on PATH: ${reason}` };
  }
}

/** Copies test/go to a folder, and makes the place for the code that is generated out of the contract. */
export async function layGoModule(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await cp(SOURCES, folder, { recursive: true });
  await mkdir(join(folder, CONTRACT), { recursive: true });
  const [, language] = /^(go [\d.]+)$/m.exec(await readFile(join(folder, 'go.mod'), 'utf8')) ?? [];
  await writeFile(
    join(folder, CONTRACT, 'go.mod'),
    `module github.com/AlexanderGrooff/spage-protobuf\n\n${language}\n`,
  );
}

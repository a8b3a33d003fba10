import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { debianCopy } from '@boomerang/redis-server';

export interface PrometheusTools {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Those on PATH, or else Debian's, fetched without root; otherwise why there are none. */
export async function findPrometheus(): Promise<PrometheusTools | { readonly missing: string }> {
  const folder = (process.env.PATH ?? '').split(delimiter).find(hasBoth);
  if (folder) return toolsIn(folder);
  try {
    const root = await debianCopy({
      wanted: 'prometheus',
      libraries: [],
      problem: async (unpacked) => whyUnusable(join(unpacked, 'usr', 'bin')),
    });
    return toolsIn(join(root, 'usr', 'bin'));
  } catch (error) {
    return { missing: `prometheus is not on PATH and could not be fetched: ${(error as Error).message}` };
  }
}

function hasBoth(folder: string): boolean {
  const { prometheus, promtool } = toolsIn(folder);
  return existsSync(prometheus) && existsSync(promtool);
}

function toolsIn(folder: string): PrometheusTools {
  return { prometheus: join(folder, 'prometheus'), promtool: join(folder, 'promtool') };
}

async function whyUnusable(folder: string): Promise<string | undefined> {
  if (!hasBoth(folder)) return 'it has no prometheus and promtool';
  return promisify(execFile)(toolsIn(folder).promtool, ['--version']).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

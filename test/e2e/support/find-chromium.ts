import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** A Chromium on PATH that starts; otherwise why there is none. */
export async function findChromium(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  for (const path of folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))) {
    const starts = await promisify(execFile)(path, ['--version']).then(
      () => true,
      () => false,
    );
    if (starts) return { path };
  }
  return { missing: `no Chromium is on PATH (${NAMES.join(', ')}); on Debian: apt-get install chromium` };
}

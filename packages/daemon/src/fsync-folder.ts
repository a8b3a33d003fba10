import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Makes the names in a folder outlive the machine: what is in the files is another matter. */
export function fsyncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

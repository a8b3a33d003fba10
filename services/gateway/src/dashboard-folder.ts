import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** In the image, beside the folder of the bundle; in a checkout, where the package is built. */
const PLACES = ['../dashboard/', '../../../packages/dashboard/dist/page/'];

/**
 * Where the dashboard's files are; undefined if it was not built. This file stays at the top of `src`, so that the places
 * are right in the built service and in the image's bundle alike.
 */
export function dashboardFolder(): string | undefined {
  return PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((folder) =>
    existsSync(`${folder}index.html`),
  );
}

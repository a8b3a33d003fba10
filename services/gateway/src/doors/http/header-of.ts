import type { Asked } from './route.js';

/** A header of a request, however often it came. */
export function headerOf({ headers }: Asked, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

import { isTraceparent } from '@boomerang/domain';
import type { Asked } from './route.js';

/** A header of a request, however often it came. */
export function headerOf({ headers }: Asked, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** The trace of a request. What else stands in the header is as if it weren't there, as W3C Trace Context wants it. */
export function traceOf(asked: Asked): string | undefined {
  const header = headerOf(asked, 'traceparent');
  return header !== undefined && isTraceparent(header) ? header : undefined;
}

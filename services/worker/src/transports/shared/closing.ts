import { setMaxListeners } from 'node:events';

/** Its signal tells all attempts in flight that the transport closes. Any number of them may listen. */
export function createClosing(): AbortController {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  return closing;
}

export const CLOSED = new Error('the worker is stopping');

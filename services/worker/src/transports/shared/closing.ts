import { setMaxListeners } from 'node:events';

/** Tells whatever is under way that the transport closes: any number of attempts listen. */
export function createClosing(): AbortController {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  return closing;
}

export const CLOSED = new Error('the worker is stopping');

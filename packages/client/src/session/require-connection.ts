import { unusable } from '../arguments/invalid-argument.js';
import type { Connection } from '../connection/connection.js';

/** @throws BoomerangClientError `INVALID_REQUEST` unless it is one. */
export function requireConnection(connection: Connection): void {
  if (typeof connection?.request === 'function') return;
  throw unusable('connection', connection, 'what `await connect()` gives');
}

import { partitionOf, type TaskCursor } from '@boomerang/domain';
import { noPageToken } from '../no-page-token.js';

/** A cursor as an opaque text. */
export function encodePageToken({ dueMs, taskId }: TaskCursor): string {
  return Buffer.from(`${dueMs}.${taskId}`).toString('base64url');
}

/** @throws BoomerangError `invalid_request` for what `encodePageToken` has not made. */
export function decodePageToken(token: string): TaskCursor {
  const [due = '', taskId = ''] = Buffer.from(token, 'base64url').toString('latin1').split('.');
  if (!/^\d{1,15}$/.test(due) || partitionOf(taskId) === undefined) {
    throw noPageToken();
  }
  return { dueMs: Number(due), taskId };
}

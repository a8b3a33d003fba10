import { LATEST_TIME_MS, partitionOf, type TaskCursor } from '@boomerang/domain';
import { noPageToken } from '../no-page-token.js';

/** A cursor as an opaque text. */
export function encodePageToken({ dueMs, taskId }: TaskCursor): string {
  return Buffer.from(`${dueMs}.${taskId}`).toString('base64url');
}

/** @throws BoomerangError `invalid_request` for what `encodePageToken` can't have made. */
export function decodePageToken(token: string): TaskCursor {
  const [due = '', taskId = ''] = Buffer.from(token, 'base64url').toString('latin1').split('.');
  const possible =
    /^\d{1,15}$/.test(due) && Number(due) <= LATEST_TIME_MS && partitionOf(taskId) !== undefined;
  if (!possible) throw noPageToken();
  return { dueMs: Number(due), taskId };
}

import {
  invalidField,
  requireWholeNumber,
  type Session,
  type TaskFilter,
  type TaskPage,
  type TaskStore,
} from '@boomerang/domain';
import { decodePageToken, encodePageToken } from './page-token.js';

export interface ListRequest extends TaskFilter {
  /** Empty, or the session's own client. */
  readonly clientId: string;
  /** 0 = 100; at most 1000. */
  readonly limit: number;
  /** Empty = the first page. */
  readonly nextToken: string;
}

export interface ListAnswer {
  readonly tasks: TaskPage['tasks'];
  /** Empty = this was the last page. */
  readonly nextToken: string;
}

const DEFAULT_LIMIT = 100;
const MOST_LIMIT = 1_000;

/** A page of the session's client's tasks that have not ended, by due time. */
export async function listTasks(
  tasks: TaskStore,
  session: Session,
  request: ListRequest,
): Promise<ListAnswer> {
  if (request.clientId !== '' && request.clientId !== session.clientId) {
    throw invalidField('client_id', "it is not this session's client", 'empty, or your own client id');
  }
  requireWholeNumber('limit', request.limit, 0, MOST_LIMIT);
  requireWholeNumber('scheduled_after', request.scheduledAfterMs, 0, Number.MAX_SAFE_INTEGER);
  requireWholeNumber('scheduled_before', request.scheduledBeforeMs, 0, Number.MAX_SAFE_INTEGER);
  const after = request.nextToken === '' ? undefined : decodePageToken(request.nextToken);
  const page = await tasks.list(session.clientId, request, request.limit || DEFAULT_LIMIT, after);
  return { tasks: page.tasks, nextToken: page.next ? encodePageToken(page.next) : '' };
}

import {
  invalidField,
  requireWholeNumber,
  type TaskFilter,
  type TaskPage,
  validateTag,
} from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { decodePageToken, encodePageToken } from './page-token.js';

export interface ListTasksRequest extends TaskFilter {
  /** Empty, or the caller's own client. */
  readonly clientId: string;
  /** 0 = 100; at most 1000. */
  readonly limit: number;
  /** Empty = the first page. */
  readonly nextToken: string;
}

export interface ListTasksAnswer {
  readonly tasks: TaskPage['tasks'];
  /** Empty = this was the last page. */
  readonly nextToken: string;
}

const DEFAULT_LIMIT = 100;
const MOST_LIMIT = 1_000;

/** A page of the caller's client's tasks that have not ended, by due time. */
export const listTasks: Operation<ListTasksRequest, ListTasksAnswer> = {
  permission: 'read',
  changes: false,
  async run({ tasks }, { clientId }, request) {
    if (request.clientId !== '' && request.clientId !== clientId) {
      throw invalidField('clientId', "it is not this session's client", 'empty, or your own client id');
    }
    requireWholeNumber('limit', request.limit, 0, MOST_LIMIT);
    requireWholeNumber('scheduledAfterMs', request.scheduledAfterMs, 0, Number.MAX_SAFE_INTEGER);
    requireWholeNumber('scheduledBeforeMs', request.scheduledBeforeMs, 0, Number.MAX_SAFE_INTEGER);
    if (request.tag !== undefined) validateTag('tag', request.tag);
    const after = request.nextToken === '' ? undefined : decodePageToken(request.nextToken);
    const page = await tasks.list(clientId, request, request.limit || DEFAULT_LIMIT, after);
    return { tasks: page.tasks, nextToken: page.next ? encodePageToken(page.next) : '' };
  },
};

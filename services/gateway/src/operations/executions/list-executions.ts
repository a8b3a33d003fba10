import {
  EXECUTION_STATUSES,
  type ExecutionDetails,
  type ExecutionStatus,
  invalidField,
  quote,
  requireTaskType,
  requireWholeNumber,
} from '@boomerang/domain';
import type { Operation } from '../operation.js';

export interface ListExecutionsRequest {
  /** 0 = 100; at most 1,000. */
  readonly limit: number;
  readonly offset: number;
  /** One of the wire's five; '' = all. */
  readonly status: string;
  /** '' = all. */
  readonly type: string;
}

export interface ListExecutionsAnswer {
  readonly tasks: readonly ExecutionDetails[];
  /** How many there are on all pages. */
  readonly total: number;
}

const DEFAULT_LIMIT = 100;
const MOST_LIMIT = 1_000;
/** What is beyond can be found by narrower filters. */
const MOST_SEEN = 10_000;

/** A page of the caller's tasks, the newest first; those that ended for 24 hours. */
export const listExecutions: Operation<ListExecutionsRequest, ListExecutionsAnswer> = {
  permission: 'read',
  changes: false,
  async run({ executions, signal }, { clientId }, { limit, offset, status, type }) {
    requireWholeNumber('limit', limit, 0, MOST_LIMIT);
    const most = limit === 0 ? DEFAULT_LIMIT : limit;
    requireWholeNumber('offset', offset, 0, MOST_SEEN - most);
    if (type !== '') requireTaskType('type', type);
    return executions.list(clientId, { status: statusFrom(status), type }, most, offset, signal);
  },
};

function statusFrom(text: string): ExecutionStatus | undefined {
  if (text === '') return undefined;
  const status = EXECUTION_STATUSES.find((one) => one === text);
  if (!status)
    throw invalidField(
      'status',
      `${quote(text)} is none`,
      `${EXECUTION_STATUSES.join(', ')}, or empty for all`,
    );
  return status;
}

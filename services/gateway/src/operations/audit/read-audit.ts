import { type AuditPage, type AuditQuery, invalidField, requireWholeNumber } from '@boomerang/domain';
import type { Operation } from '../operation.js';

export const MOST_AUDIT_ENTRIES = 1_000;

/** Entries of the audit log, the oldest first. */
export const readAudit: Operation<AuditQuery, AuditPage> = {
  permission: 'admin',
  changes: false,
  run({ audit }, _caller, query) {
    requireWholeNumber('limit', query.limit, 1, MOST_AUDIT_ENTRIES);
    if (query.nextToken !== '' && !/^\d{1,15}-\d{1,15}$/.test(query.nextToken))
      throw invalidField('nextToken', 'it is none', 'that of the page before');
    return audit.page(query);
  },
};

import { readAudit } from '../../../operations/audit/read-audit.js';
import { AuditPageJson, AuditQueryJson } from '../json/audit-schemas.js';
import { requireSchema } from '../json/require-schema.js';
import { timeFromJson } from '../json/time-from-json.js';
import type { Route } from '../route.js';

const requireQuery = requireSchema(AuditQueryJson, { convert: true });

const audit: Route = {
  method: 'GET',
  path: '/v1/audit',
  name: 'readAudit',
  summary: 'The audit log, the oldest entries first. For admins.',
  query: AuditQueryJson,
  status: 200,
  answer: AuditPageJson,
  async handle({ perform }, { caller, query, address }) {
    const { client = '', since, until, limit = 100, cursor = '' } = requireQuery(query);
    const request = {
      clientId: client,
      sinceMs: timeFromJson('sinceMs', since),
      untilMs: until === undefined ? Number.MAX_SAFE_INTEGER : timeFromJson('untilMs', until),
      limit,
      nextToken: cursor,
    };
    const { entries, nextToken } = await perform(readAudit, () => caller, request, undefined, address);
    return { status: 200, body: { entries, nextCursor: nextToken || null } };
  },
};

export const auditRoutes: readonly Route[] = [audit];

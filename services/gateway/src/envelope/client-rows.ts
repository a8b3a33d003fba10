import { BoomerangError, requirePermission } from '@boomerang/domain';
import { met, type RequestRow } from './request-row.js';

const HOW =
  'clients are made and removed by commands (npm run client -- create, and remove), which work on Redis; nothing was changed';

/**
 * Programs of the public schema make and remove clients over their connection. They are told in kind what this gateway does not
 * do, and first whether they might.
 */
function refusingRow(request: RequestRow['request'], response: RequestRow['response']): RequestRow {
  return {
    request,
    response,
    large: false,
    async answer({ sessions }, { sessionId }, peer) {
      const caller = await met(sessions.callerOf(sessionId), peer);
      requireAdmin(() => requirePermission(caller, 'admin'));
      throw new BoomerangError('invalid_request', HOW);
    },
  };
}

/** As the public schema has it: who may not is UNAUTHORIZED. */
function requireAdmin(require: () => void): void {
  try {
    require();
  } catch (error) {
    throw new BoomerangError('unauthorized', (error as Error).message, { cause: error });
  }
}

export const clientRows: readonly RequestRow[] = [
  refusingRow('clientRegistration', 'clientRegistrationResponse'),
  refusingRow('clientDeregistration', 'clientDeregistrationResponse'),
];

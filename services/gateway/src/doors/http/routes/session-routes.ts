import { invalidField } from '@boomerang/domain';
import { isSessionId } from '../find-caller.js';
import { requireSchema } from '../json/require-schema.js';
import { RefreshedJson, SessionJson, SessionRequestJson } from '../json/schemas.js';
import { timeToJson } from '../json/task-to-json.js';
import { ownPolicy, requireNameAlone } from '../policy-of-request.js';
import type { Route } from '../route.js';

const requirePolicy = requireSchema(SessionRequestJson);

const open: Route = {
  method: 'POST',
  path: '/v1/sessions',
  name: 'openSession',
  summary: 'Opens a session with a delivery policy, for the client whose key is shown.',
  body: SessionRequestJson,
  status: 201,
  answer: SessionJson,
  async handle({ sessions, policies }, { shown, body }) {
    const { policy, ...json } = requirePolicy(body);
    if (policy !== undefined) requireNameAlone(json);
    const { sessionId, expiresAtMs } = await sessions.open(shown, (clientId) =>
      policy === undefined ? ownPolicy(policies, clientId, json) : policies.named(clientId, policy),
    );
    return { status: 201, body: { id: sessionId, expiresAt: timeToJson(expiresAtMs) } };
  },
};

/** The id is not a part of the path: it is a secret, and paths are logged on the way. */
const refresh: Route = {
  method: 'POST',
  path: '/v1/sessions/refresh',
  name: 'refreshSession',
  summary: 'Gives the session whose id is shown its whole lifetime again.',
  status: 200,
  answer: RefreshedJson,
  async handle({ sessions }, { shown }) {
    if (!isSessionId(shown.key))
      throw invalidField('sessionId', 'it shows no session', 'Bearer and the id of a session');
    return { status: 200, body: { expiresAt: timeToJson(await sessions.refresh(shown.key)) } };
  },
};

export const sessionRoutes: readonly Route[] = [open, refresh];

import { BoomerangError, invalidField } from '@boomerang/domain';
import { VERSION } from '@boomerang/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { GatewayMetrics } from '../../../metrics.js';
import type { Authentication } from '../../../operations/authentication/authentication.js';
import type { Shown } from '../../../operations/authentication/certificate-clients.js';
import { Deadline } from '../../../operations/deadline.js';
import { addressKey } from '../../shared/address-key.js';
import { requireSchema } from '../json/require-schema.js';
import { dashboardCookie, isFromDashboard, tokenOfDashboard } from './dashboard-cookie.js';
import { BASE } from './page-routes.js';

export interface SignInDependencies {
  readonly authentication: Authentication;
  readonly redisTimeoutMs: number;
  readonly metrics: Pick<GatewayMetrics, 'request'>;
}

/** How long one stays signed in, unless the key is revoked earlier, ms. */
const SIGNED_IN_MS = 12 * 3_600_000;

const requireKey = requireSchema(
  Type.Object({ key: Type.String({ description: 'a key of your client' }) }, { additionalProperties: false }),
);

export const SIGN_IN_PATH = `${BASE}/session`;
export const SIGN_IN_METHODS = ['GET', 'POST', 'DELETE'] as const;

/** How people sign in to the dashboard: the key is exchanged for a token, which no script of the page can read. */
export function addSignIn(app: FastifyInstance, deps: SignInDependencies): void {
  const answer = <T>(request: FastifyRequest, name: string, work: () => Promise<T>) =>
    measured(deps, name, () => {
      if (!isFromDashboard(request))
        throw new BoomerangError('forbidden', 'only the dashboard may ask for this');
      return new Deadline(deps.redisTimeoutMs).reading(work);
    });

  app.get(SIGN_IN_PATH, async (request, reply) => {
    const who = await answer(request, 'dashboardWho', () =>
      whoIs(deps, request, tokenOfDashboard(request) ?? ''),
    );
    return reply.header('cache-control', 'no-store').send(who);
  });

  app.post(SIGN_IN_PATH, async (request, reply) => {
    const { token, who } = await answer(request, 'dashboardSignIn', async () => {
      const { key } = requireKey((request.body as { readonly value?: unknown } | undefined)?.value);
      if (key === '') throw invalidField('key', 'it is empty', 'a key of your client');
      const { token } = await deps.authentication.exchange(shownBy(request, key), '', SIGNED_IN_MS);
      return { token, who: await whoIs(deps, request, token) };
    });
    const cookie = dashboardCookie(request, token, SIGNED_IN_MS);
    return reply.headers({ 'cache-control': 'no-store', 'set-cookie': cookie }).send(who);
  });

  app.delete(SIGN_IN_PATH, async (request, reply) => {
    await answer(request, 'dashboardSignOut', async () => undefined);
    return reply
      .code(204)
      .header('set-cookie', dashboardCookie(request, '', 0))
      .send();
  });
}

async function whoIs({ authentication }: SignInDependencies, request: FastifyRequest, token: string) {
  if (token === '') throw new BoomerangError('unauthorized', 'nobody is signed in');
  const { clientId, permissions } = await authentication.callerOf(shownBy(request, token));
  return { client: clientId, permissions, version: VERSION };
}

function shownBy(request: FastifyRequest, key: string): Shown {
  return { key, address: addressKey(request.ip), certificate: () => undefined };
}

async function measured<T>(
  { metrics }: Pick<SignInDependencies, 'metrics'>,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const stop = metrics.request(name);
  try {
    const done = await work();
    stop('ok');
    return done;
  } catch (error) {
    stop(BoomerangError.from(error).code);
    throw error;
  }
}

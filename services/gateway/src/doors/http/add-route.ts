import { BoomerangError, type Caller } from '@boomerang/domain';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayMetrics } from '../../metrics.js';
import type { Authentication } from '../../operations/authentication/authentication.js';
import type { Shown } from '../../operations/authentication/certificate-clients.js';
import { Deadline } from '../../operations/deadline.js';
import { addressKey } from '../shared/address-key.js';
import { certificateOf } from '../shared/peer-certificate.js';
import { accepts } from './accepts.js';
import type { Body } from './body.js';
import { tokenOfDashboard } from './dashboard/dashboard-cookie.js';
import { bearerOf, findCaller } from './find-caller.js';
import { HttpRefusal } from './problem.js';
import type { ApiBackend, Asked, JsonAnswer, Route } from './route.js';

export const JSON_TYPE = 'application/json; charset=utf-8';
const NO_BODY = { value: undefined, text: '' };

export interface RouteDependencies extends ApiBackend {
  readonly authentication: Authentication;
  readonly redisTimeoutMs: number;
  readonly metrics: GatewayMetrics;
  /** The codes of errors that were answered. */
  readonly codes: WeakMap<FastifyRequest, string>;
}

/** Adds an operation of the API: who asks is found before the body is read, so that strangers take no memory. */
export function addRoute(app: FastifyInstance, route: Route, deps: RouteDependencies): void {
  const asking = new WeakMap<FastifyRequest, { readonly caller: Caller; readonly shown: Shown }>();
  const stops = new WeakMap<FastifyRequest, (code: string) => void>();
  const finish = (request: FastifyRequest) => {
    stops.get(request)?.(deps.codes.get(request) ?? 'ok');
    stops.delete(request);
  };
  app.route({
    method: route.method,
    url: route.path,
    async onRequest(request) {
      stops.set(request, deps.metrics.request(route.name));
      requireAccepted(request, route);
      const shown = shownBy(request);
      const deadline = new Deadline(deps.redisTimeoutMs);
      const caller = await deadline.reading(async () => findCaller(deps, shown));
      asking.set(request, { caller, shown });
    },
    onResponse: async (request) => finish(request),
    async handler(request, reply) {
      const found = asking.get(request);
      if (!found) throw new BoomerangError('unauthorized', 'nobody is authenticated');
      const answer = await route.handle(deps, {
        ...found,
        address: found.shown.address,
        ...askedBy(request),
      });
      if (!('serve' in answer)) return sendJson(reply, answer);
      if (request.method === 'HEAD') return reply.type(route.type ?? JSON_TYPE).send('');
      await answer.serve(reply.raw);
      // It is answered; how long it goes on says nothing.
      finish(request);
      return reply.hijack();
    },
  });
}

function shownBy(request: FastifyRequest): Shown {
  const certificate = () => certificateOf(request.raw.socket);
  const { authorization } = request.headers;
  const token = authorization === undefined ? tokenOfDashboard(request) : undefined;
  const key = token ?? bearerOf(authorization, certificate);
  return { key, address: addressKey(request.ip), certificate };
}

function requireAccepted({ headers }: FastifyRequest, { type = 'application/json' }: Route): void {
  if (accepts(headers.accept, type)) return;
  throw new HttpRefusal(406, `the answer is ${type}, which Accept does not take`, type);
}

function askedBy(request: FastifyRequest): Omit<Asked, 'caller' | 'shown' | 'address'> {
  const { value, text } = (request.body as Body | undefined) ?? NO_BODY;
  return {
    params: request.params as Record<string, string>,
    query: request.query,
    headers: request.headers,
    body: value,
    raw: text,
  };
}

function sendJson(reply: FastifyReply, { status, headers, body }: JsonAnswer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers, 'cache-control': 'no-store' })
    .type(JSON_TYPE)
    .send(JSON.stringify(body));
}

import type { BoomerangError } from '@boomerang/domain';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import type { Authentication } from '../../operations/authentication/authentication.js';
import { addRoute, JSON_TYPE } from './add-route.js';
import { parseBody } from './body.js';
import { addPage } from './dashboard/page-routes.js';
import { addSignIn, SIGN_IN_METHODS, SIGN_IN_PATH } from './dashboard/sign-in-routes.js';
import { addMethodAnswers } from './method-answers.js';
import { openApiOf } from './open-api.js';
import { HttpRefusal, headersOf, problemOf } from './problem.js';
import { refusalOfFastify } from './refusal-of-fastify.js';
import type { ApiBackend, Route } from './route.js';
import { auditRoutes } from './routes/audit-routes.js';
import { batchRoutes } from './routes/batch-routes.js';
import { changeRoutes } from './routes/change-routes.js';
import { clientRoutes } from './routes/client-routes.js';
import { deadLetterRoutes } from './routes/dead-letter-routes.js';
import { eventRoutes } from './routes/event-routes.js';
import { keyRoutes } from './routes/key-routes.js';
import { policyRoutes } from './routes/policy-routes.js';
import { scheduleRoutes } from './routes/schedule-routes.js';
import { sessionRoutes } from './routes/session-routes.js';
import { statsRoutes } from './routes/stats-routes.js';
import { taskRoutes } from './routes/task-routes.js';

export interface HttpAppDependencies extends ApiBackend {
  readonly authentication: Authentication;
  readonly redisTimeoutMs: number;
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
  /** Where the dashboard's files are; undefined if it was not built. */
  readonly dashboard: string | undefined;
}

const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...taskRoutes,
  ...batchRoutes,
  ...changeRoutes,
  ...deadLetterRoutes,
  ...scheduleRoutes,
  ...statsRoutes,
  ...auditRoutes,
  ...eventRoutes,
  ...clientRoutes,
  ...keyRoutes,
  ...policyRoutes,
];

/** A payload of 1 MiB in which every byte is escaped as six, and room around it. */
const MOST_BODY_BYTES = 8 * 1_048_576;
/** From a request's first byte to the end of its header, and to its end, ms. */
const HEADER_LIMIT_MS = 10_000;
const REQUEST_LIMIT_MS = 30_000;
/** Longer than balancers keep theirs, so that it is never the gateway that closes one in use, ms. */
const KEEP_ALIVE_MS = 75_000;
const CHECK_EVERY_MS = 1_000;

const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/**
 * The API as routes of a server that does not listen yet.
 *
 * @param unreadMs how long a peer may take nothing of its answer, ms.
 */
export function createHttpApp(dependencies: HttpAppDependencies, unreadMs: number): FastifyInstance {
  const deps = { ...dependencies, codes: new WeakMap<FastifyRequest, string>() };
  const app = fastify({
    connectionTimeout: unreadMs,
    bodyLimit: MOST_BODY_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    http: { headersTimeout: HEADER_LIMIT_MS, connectionsCheckingInterval: CHECK_EVERY_MS },
    routerOptions: { maxParamLength: 256 },
    frameworkErrors: (error, _request, reply) => void sendError(reply, refusalOfFastify(error), deps),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => parseBody(body),
  );
  app.setErrorHandler((error: Error, _request, reply) => sendError(reply, refusalOfFastify(error), deps));
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, new HttpRefusal(404, 'there is nothing at this path; see /openapi.json'), deps),
  );
  const document = openApiOf(ROUTES);
  app.get('/openapi.json', async (_request, reply) => reply.type(JSON_TYPE).send(JSON.stringify(document)));
  for (const route of ROUTES) addRoute(app, route, deps);
  addSignIn(app, deps);
  addPage(app, deps.dashboard);
  const others = SIGN_IN_METHODS.map((method) => ({ method, path: SIGN_IN_PATH }));
  const known = [...ROUTES, ...others, { method: 'GET', path: '/openapi.json' }];
  addMethodAnswers(app, known, (reply, error) => sendError(reply, error, deps));
  app.addHook('preClose', async () => deps.streams.close());
  return app;
}

interface AppDependencies extends HttpAppDependencies {
  /** The codes of errors that were answered. */
  readonly codes: WeakMap<FastifyRequest, string>;
}

function sendError(
  reply: FastifyReply,
  error: BoomerangError,
  { log, codes }: AppDependencies,
): FastifyReply {
  codes.set(reply.request, error.code);
  if (error.code === 'internal') log.internalError(reply.request.routeOptions.url ?? 'http', error);
  const problem = problemOf(error);
  return reply
    .code(problem.status)
    .headers({ ...headersOf(error), 'cache-control': 'no-store' })
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(problem));
}

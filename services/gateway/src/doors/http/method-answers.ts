import type { BoomerangError } from '@boomerang/domain';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { HttpRefusal } from './problem.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const;

/** Answers OPTIONS, and each method that a path doesn't have with 405 and those that it has. */
export function addMethodAnswers(
  app: FastifyInstance,
  routes: readonly { readonly method: string; readonly path: string }[],
  sendError: (reply: FastifyReply, error: BoomerangError) => FastifyReply,
): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const own = routes.filter((route) => route.path === path).map(({ method }) => method);
    const allowed = [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
    const allow = allowed.join(', ');
    app.options(path, async (_request, reply) => reply.code(204).header('allow', allow).send());
    app.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url: path,
      // Before the body is read, whatever it is.
      onRequest: async (_request, reply) =>
        sendError(
          reply.header('allow', allow),
          new HttpRefusal(405, `this path has no such method; allowed: ${allow}`, allow),
        ),
      handler: async () => undefined,
    });
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandlerOptions } from './http-handler-options.js';
import { createNodeHandler } from './node-handler.js';

/** What is used of a Fastify instance. */
interface FastifyLike {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: '*', parser: (request: unknown, payload: unknown, done: Done) => void): unknown;
  post(path: string, handler: (request: RequestLike, reply: ReplyLike) => void): unknown;
}
type Done = (error: null, body?: unknown) => void;
interface RequestLike {
  readonly raw: IncomingMessage;
}
interface ReplyLike {
  readonly raw: ServerResponse;
  hijack(): unknown;
}

/**
 * Callbacks as a plugin of Fastify: `await app.register(fastifyCallbacks({ onCallback }), { prefix: '/callbacks' })`. Other
 * routes keep their body parsers.
 *
 * @throws BoomerangClientError for options that can't be used.
 */
export function fastifyCallbacks(options: HttpHandlerOptions): (app: FastifyLike) => Promise<void> {
  const handle = createNodeHandler(options);
  return async (app) => {
    app.removeAllContentTypeParsers();
    // The body stays unread: its bytes are what is signed.
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.post('/', ({ raw }, reply) => {
      reply.hijack();
      handle(raw, reply.raw);
    });
  };
}

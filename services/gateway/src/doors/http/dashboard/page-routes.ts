import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpRefusal } from '../problem.js';
import { type PageFile, readPageFiles } from './page-files.js';

/** Where the page is served. */
export const BASE = '/dashboard';

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Files under this have the hash of their content in their name. */
const HASHED = 'assets/';

/** Serves the dashboard's files. Any other path below its base is a place within the page. */
export function addPage(app: FastifyInstance, folder: string | undefined): void {
  const files = folder === undefined ? new Map<string, PageFile>() : readPageFiles(folder);
  app.get('/', async (_request, reply) => reply.redirect(`${BASE}/`));
  app.get(BASE, async (_request, reply) => reply.redirect(`${BASE}/`));
  app.get(`${BASE}/*`, async (request, reply) => {
    if (files.size === 0) {
      throw new HttpRefusal(404, 'the dashboard is not built here; build it with: npm run build');
    }
    const path = (request.params as { '*': string })['*'];
    const file = files.get(path);
    if (!file && path.startsWith(HASHED)) throw new HttpRefusal(404, 'the dashboard has no such file');
    return file
      ? send(request, reply, file, path.startsWith(HASHED))
      : send(request, reply, files.get('index.html') as PageFile, false);
  });
}

function send(request: FastifyRequest, reply: FastifyReply, file: PageFile, forGood: boolean): FastifyReply {
  const gzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  return reply
    .headers({
      ...HEADERS,
      'cache-control': forGood ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(gzip && { 'content-encoding': 'gzip' }),
    })
    .type(file.type)
    .send(gzip ? file.gzipped : file.bytes);
}

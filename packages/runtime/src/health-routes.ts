import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { withoutArguments } from './secrets/describe-error.js';
import type { Redact } from './secrets/redact-text.js';

/**
 * Returns undefined when all is well, otherwise the reason. An error that it throws counts as a failure with its
 * message.
 */
export type Check = () => string | undefined | Promise<string | undefined>;

export interface HealthChecks {
  registry: Registry;
  /** When this fails, the process can't recover and should be restarted. Default: never fails. */
  live?: Check;
  /** While this fails, the process should be sent no work. */
  ready: Check;
  logger: Logger;
  /** Hides secrets in the reasons that are answered. */
  redact: Redact;
}

/** A check that takes longer counts as failed, ms. */
const CHECK_LIMIT_MS = 2000;

/** Adds `/livez`, `/readyz` and `/metrics`. */
export function registerHealthRoutes(
  app: FastifyInstance,
  { registry, live = () => undefined, ready, logger, redact }: HealthChecks,
): void {
  for (const [path, check] of [['/livez', live] as const, ['/readyz', ready] as const]) {
    let last: string | undefined;
    app.get(path, async (_request, reply) => {
      const reason = await outcome(check);
      if (reason !== last) logChange(logger, path, reason);
      last = reason;
      return answer(reply, reason && redact(withoutArguments(reason)));
    });
  }
  app.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics();
    return reply.type(registry.contentType).send(text);
  });
}

async function outcome(check: Check): Promise<string | undefined> {
  const limit = new AbortController();
  const late = sleep(CHECK_LIMIT_MS, `no answer within ${CHECK_LIMIT_MS} ms`, { signal: limit.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    limit.abort();
  }
}

function logChange(logger: Logger, path: string, reason: string | undefined): void {
  if (reason === undefined) logger.info({ path }, 'health check passes again');
  else logger.warn({ path, reason }, 'health check fails');
}

function answer(reply: FastifyReply, reason: string | undefined): FastifyReply {
  reply.header('cache-control', 'no-store');
  if (reason === undefined) return reply.code(200).send({ status: 'ok' });
  return reply.code(503).send({ status: 'unavailable', reason });
}

import type { DecodedEnvelope } from '@boomerang/protocol';
import { DEFAULT_TIMEOUT_MS } from '../connection/connect.js';
import type { Connection } from '../connection/connection.js';
import { ConnectionClosedError } from '../connection/connection-closed-error.js';
import type { RequestEnvelope } from '../connection/request-envelope.js';
import { RequestTimeoutError } from '../connection/request-timeout-error.js';
import { withinLimit } from '../connection/time-limit.js';
import type { Links } from '../lasting/session-link.js';
import { exchangeOf } from './exchange.js';
import { requestJson } from './request-json.js';

/** What stands for a connection where each request makes its own. */
export function createHttpLink(url: string, token: string, policy: object): Links {
  const underWay = new Set<Promise<unknown>>();
  let closed = false;

  const connection: Connection = {
    async request(envelope, { timeoutMs = DEFAULT_TIMEOUT_MS, signal } = {}) {
      const exchange = exchangeOf(envelope, policy);
      const stop = new AbortController();
      const timedOut = () => new RequestTimeoutError({ peer: url, answered: true }, timeoutMs, true);
      const ask = async () =>
        toDecoded(exchange.toAnswer(await requestJson({ url, token }, exchange, stop.signal)));
      const asking = withinLimit(timeoutMs, signal, timedOut, ask).finally(() => stop.abort());
      underWay.add(asking);
      return asking.finally(() => underWay.delete(asking));
    },
    close: async () => void (await Promise.allSettled(underWay)),
  };
  const link = { connection, sessionId: '' };

  return {
    get closed() {
      return closed;
    },
    async get() {
      if (!closed) return link;
      throw new ConnectionClosedError({ code: 'closed_here', why: 'close() was called' }, 'not_sent');
    },
    // Nothing is kept that could be lost.
    drop: () => undefined,
    expire: () => undefined,
    async close() {
      closed = true;
      await connection.close();
    },
  };
}

function toDecoded(answer: RequestEnvelope): DecodedEnvelope {
  return { ...answer, payload: Object.keys(answer)[0] } as DecodedEnvelope;
}

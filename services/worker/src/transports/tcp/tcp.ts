import { type AttemptResult, type ClaimedOccurrence, type HostPort, hostPortOf } from '@boomerang/domain';
import { encodeFrame } from '@boomerang/protocol';
import { callbackRequest } from '../shared/callback-envelope.js';
import { CLOSED, createClosing } from '../shared/closing.js';
import { connectFailure } from '../shared/connect-failure.js';
import { dial } from '../shared/dial.js';
import { perCallback } from '../shared/per-callback.js';
import type { Sign } from '../shared/sign.js';
import type { Transport, TransportOptions } from '../transport.js';
import { TcpConnection, type TcpRequest } from './tcp-connection.js';

interface Endpoint extends HostPort {
  readonly key: string;
}

/**
 * Callbacks as frames. Connections are pooled, one callback in flight on each; the one used last is used first. A
 * callback that meets a pooled connection which the receiver is just closing is sent once more, as the same attempt.
 */
export function createTcpTransport(options: TransportOptions): Transport {
  const idle = new Map<string, TcpConnection[]>();
  const open = new Set<TcpConnection>();
  const closing = createClosing();
  let lastRequestId = 0;
  const endpointOf = perCallback((callback): Endpoint => {
    const { host, port } = hostPortOf(callback);
    return { key: `tcp://${host}:${port}`, host, port };
  });

  async function connect({ key, host, port }: Endpoint, endsAt: number): Promise<TcpConnection> {
    const { guard, callbackConnectTimeoutMs, callbackIdleMs } = options;
    const timeoutMs = Math.min(callbackConnectTimeoutMs, Math.ceil(endsAt - performance.now()));
    const socket = await dial({ host, port }, { guard, timeoutMs, signal: closing.signal });
    const connection = new TcpConnection(
      socket,
      callbackIdleMs,
      (it) => keep(key, it),
      (it) => forget(key, it),
    );
    open.add(connection);
    return connection;
  }

  function keep(key: string, connection: TcpConnection): void {
    const connections = idle.get(key);
    if (connections) connections.push(connection);
    else idle.set(key, [connection]);
  }

  function forget(key: string, connection: TcpConnection): void {
    open.delete(connection);
    const rest = idle.get(key)?.filter((other) => other !== connection) ?? [];
    if (rest.length > 0) idle.set(key, rest);
    else idle.delete(key);
  }

  function requestFor(occurrence: ClaimedOccurrence, sign: Sign | undefined): TcpRequest {
    const requestId = ++lastRequestId;
    return {
      requestId,
      frame: encodeFrame({ requestId, callbackRequest: callbackRequest(occurrence, sign) }),
    };
  }

  return {
    endpointOf: (callback) => ({ origin: endpointOf(callback).key, path: '' }),

    async send(callback, occurrence, objection, sign): Promise<AttemptResult> {
      const endsAt = performance.now() + options.callbackTimeoutMs;
      const endpoint = endpointOf(callback);
      const request = requestFor(occurrence, sign);
      const pooled = await idle.get(endpoint.key)?.pop()?.exchange(request, objection, endsAt);
      if (pooled && pooled.kind !== 'stale_connection') return pooled;
      try {
        const fresh = await connect(endpoint, endsAt);
        return (await fresh.exchange(request, objection, endsAt)) as AttemptResult;
      } catch (error) {
        return connectFailure(error as Error);
      }
    },

    async close() {
      closing.abort(CLOSED);
      for (const connection of open) connection.close();
    },
  };
}

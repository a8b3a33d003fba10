import { type AttemptResult, type Callback, hostPortOf } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { callbackRequest } from '../shared/callback-envelope.js';
import { callbackHeaders } from '../shared/callback-headers.js';
import { CLOSED, createClosing } from '../shared/closing.js';
import { perCallback } from '../shared/per-callback.js';
import { signatureHeaders } from '../shared/sign.js';
import type { ConnectionResult, Transport, TransportOptions } from '../transport.js';
import { GrpcChannels, type GrpcEndpoint } from './grpc-channels.js';
import { encodeGrpcMessage } from './judge-grpc-response.js';

const REFUSED: AttemptResult = {
  kind: 'retryable',
  errorClass: 'reset',
  error: 'the receiver refused the call, on a fresh connection too',
};

/**
 * Callbacks as unary calls, on Node's HTTP/2 without a gRPC library. Such a library resolves names, connects, queues and
 * retries by itself, which would bypass the address guard and the check at the moment of the write. A call on a
 * connection that the receiver is just closing is sent once more, as the same attempt.
 */
export function createGrpcTransport(options: TransportOptions): Transport {
  const pools = new Map<string, GrpcChannels>();
  const closing = createClosing();
  const endpointOf = perCallback(toEndpoint);

  function poolOf(endpoint: GrpcEndpoint): GrpcChannels {
    const known = pools.get(endpoint.key);
    if (known) return known;
    const pool = new GrpcChannels(endpoint, options, closing.signal, () => pools.delete(endpoint.key));
    pools.set(endpoint.key, pool);
    return pool;
  }

  return {
    endpointOf: (callback) => ({ origin: endpointOf(callback).key, path: '' }),

    async send(callback, occurrence, objection, sign): Promise<AttemptResult> {
      const endsAt = performance.now() + options.callbackTimeoutMs;
      const endpoint = endpointOf(callback);
      const request = boomerang.CallbackRequest.encode(callbackRequest(occurrence, sign)).finish();
      const body = encodeGrpcMessage(request);
      const metadata = { ...callbackHeaders(occurrence), ...signatureHeaders(sign?.(occurrence.payload)) };
      const once = async (): Promise<ConnectionResult> => {
        for (;;) {
          const pool = poolOf(endpoint);
          const headers = { ...headersFor(endpoint, endsAt), ...metadata };
          const channel = pool.withRoom();
          if (channel) return channel.call(headers, body, objection, endsAt);
          const failure = await pool.open();
          if (failure) return failure;
        }
      };
      const first = await once();
      const result = first.kind === 'stale_connection' ? await once() : first;
      return result.kind === 'stale_connection' ? REFUSED : result;
    },

    async close() {
      closing.abort(CLOSED);
      for (const pool of pools.values()) pool.close();
    },
  };
}

function toEndpoint(callback: Callback): GrpcEndpoint {
  const { host, port } = hostPortOf(callback);
  const secure = /^grpcs:/i.test(callback.endpoint);
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return { key: `${secure ? 'grpcs' : 'grpc'}://${authority}`, authority, secure, host, port };
}

function headersFor({ authority, secure }: GrpcEndpoint, endsAt: number) {
  return {
    ':method': 'POST',
    ':scheme': secure ? 'https' : 'http',
    ':authority': authority,
    ':path': '/boomerang.BoomerangCallback/OnTaskExpired',
    te: 'trailers',
    'content-type': 'application/grpc',
    'grpc-timeout': `${Math.max(1, Math.ceil(endsAt - performance.now()))}m`,
  };
}

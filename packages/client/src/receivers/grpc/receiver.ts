import { promisify } from 'node:util';
import type { boomerang } from '@boomerang/protocol';
import { type Metadata, Server, ServerCredentials, type sendUnaryData } from '@grpc/grpc-js';
import { hostPort } from '../../connection/host-port.js';
import { askSigned, type HandlerOptions } from '../ask-handler.js';
import { type CallbackHeaders, nowMs, toReceivedCallback } from '../callback.js';
import { toCallbackResponse } from '../to-callback-response.js';
import { callbackService } from './callback-service.js';

export interface GrpcReceiverOptions extends HandlerOptions {
  /** 0 or absent: a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Private key and certificate chain in PEM; absent: no TLS. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
}

export interface GrpcReceiver {
  /** The endpoint to open a session with: `host:port`, or `grpcs://host:port`. */
  readonly endpoint: string;
  /** Ends all connections at once. Can be called twice. */
  close(): Promise<void>;
}

interface Call {
  readonly request: boomerang.CallbackRequest.$Properties;
  readonly metadata: Metadata;
}

/** Starts a server that takes the callbacks of gRPC sessions. */
export async function createGrpcReceiver(options: GrpcReceiverOptions): Promise<GrpcReceiver> {
  const { port = 0, host = '127.0.0.1', tls } = options;
  const server = new Server();
  server.addService(callbackService, {
    onTaskExpired({ request, metadata }: Call, done: sendUnaryData<boomerang.CallbackResponse.$Properties>) {
      const callback = toReceivedCallback(request, headersOf(metadata), nowMs());
      askSigned(options, callback, (verdict) => done(null, toCallbackResponse(verdict)));
    },
  });
  const credentials = tls
    ? ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) },
      ])
    : ServerCredentials.createInsecure();
  const bind = promisify(server.bindAsync.bind(server));
  const bound = hostPort(host, await bind(hostPort(host, port), credentials));
  return {
    endpoint: tls ? `grpcs://${bound}` : bound,
    close: async () => server.forceShutdown(),
  };
}

function headersOf(metadata: Metadata): CallbackHeaders {
  return Object.fromEntries(Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]));
}

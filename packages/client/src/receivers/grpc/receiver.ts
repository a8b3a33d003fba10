import { promisify } from 'node:util';
import type { boomerang } from '@boomerang/protocol';
import type { Metadata, sendUnaryData } from '@grpc/grpc-js';
import type { OptionNames } from '../../arguments/check-options.js';
import { hostPort } from '../../connection/host-port.js';
import { askSigned } from '../ask-handler.js';
import { type CallbackHeaders, nowMs, toReceivedCallback } from '../callback.js';
import { checkReceiverOptions, RECEIVER_NAMES, type ReceiverOptions } from '../receiver-options.js';
import { toCallbackResponse } from '../to-callback-response.js';
import { withDeduplication } from '../with-deduplication.js';
import { callbackService } from './callback-service.js';
import type { GrpcReceiverTls } from './grpc-receiver-tls.js';
import { loadGrpc } from './load-grpc.js';
import { tlsCredentials } from './tls-credentials.js';

export interface GrpcReceiverOptions extends ReceiverOptions {
  /** Private key and certificate chain in PEM; absent: no TLS. */
  readonly tls?: GrpcReceiverTls;
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

const NAMES: OptionNames<GrpcReceiverOptions> = { ...RECEIVER_NAMES, tls: true };

/**
 * Starts a server that takes the callbacks of gRPC sessions.
 *
 * @throws (as a rejection) BoomerangClientError for options that can't be used; an Error if grpc-js is not installed; one
 *   of grpc-js if it can't listen there.
 */
export async function createGrpcReceiver(given: GrpcReceiverOptions): Promise<GrpcReceiver> {
  checkReceiverOptions(given, NAMES);
  const options = withDeduplication(given);
  const { port = 0, host = '127.0.0.1', tls } = options;
  const { Server, ServerCredentials } = await loadGrpc();
  const server = new Server();
  server.addService(callbackService, {
    onTaskExpired({ request, metadata }: Call, done: sendUnaryData<boomerang.CallbackResponse.$Properties>) {
      const callback = toReceivedCallback(request, headersOf(metadata), nowMs());
      askSigned(options, callback, (verdict) => done(null, toCallbackResponse(verdict)));
    },
  });
  const credentials = tls ? tlsCredentials(ServerCredentials, tls) : ServerCredentials.createInsecure();
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

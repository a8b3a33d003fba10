import type { CallbackProtocol } from '@boomerang/domain';
import { createGrpcTransport } from './grpc/grpc.js';
import { createHttpTransport } from './http/http.js';
import { createTcpTransport } from './tcp/tcp.js';
import type { Transport, TransportOptions } from './transport.js';
import { createUdpTransport } from './udp/udp.js';

/** Every protocol that callbacks are made over, as one transport. */
export function createTransports(options: TransportOptions): Transport {
  const byProtocol: Readonly<Record<CallbackProtocol, Transport>> = {
    HTTP: createHttpTransport(options),
    GRPC: createGrpcTransport(options),
    TCP: createTcpTransport(options),
    UDP: createUdpTransport(options),
  };
  return {
    endpointOf: (callback) => byProtocol[callback.protocol].endpointOf(callback),
    send: (callback, ...rest) => byProtocol[callback.protocol].send(callback, ...rest),
    async close() {
      await Promise.all(Object.values(byProtocol).map((transport) => transport.close()));
    },
  };
}

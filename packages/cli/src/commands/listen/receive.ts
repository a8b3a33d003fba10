import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CallbackHandler,
  createGrpcReceiver,
  createNodeHandler,
  createTcpReceiver,
  createUdpReceiver,
} from '@boomerang/client';

export const PROTOCOLS = ['http', 'grpc', 'tcp', 'udp'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface ReceiveOptions {
  readonly host: string;
  /** 0 is a free one. */
  readonly port: number;
  readonly secrets?: readonly string[];
  readonly onCallback: CallbackHandler;
}

export interface Receiving {
  /** What `register --to` takes. */
  readonly url: string;
  close(): Promise<void>;
}

/** Listens for callbacks on a wire. @throws (as a rejection) when it can't listen there. */
export async function receive(protocol: Protocol, options: ReceiveOptions): Promise<Receiving> {
  if (protocol === 'http') return receiveOverHttp(options);
  const create = { grpc: createGrpcReceiver, tcp: createTcpReceiver, udp: createUdpReceiver }[protocol];
  const { endpoint, close } = await create(options);
  return { url: `${protocol}://${endpoint}`, close };
}

/** Takes what comes: an envelope, or a bare payload. */
async function receiveOverHttp({ host, port, ...options }: ReceiveOptions): Promise<Receiving> {
  const envelopes = createNodeHandler(options);
  const raw = createNodeHandler({ ...options, format: 'RAW' });
  const server = createServer((request, response) => {
    const isEnvelope = request.headers['content-type'] === 'application/x-protobuf';
    (isEnvelope ? envelopes : raw)(request, response);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: chosen, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

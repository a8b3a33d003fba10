import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { OptionNames } from '../../arguments/check-options.js';
import { hostPort } from '../../connection/host-port.js';
import { RECEIVER_NAMES, type ReceiverOptions } from '../receiver-options.js';
import type { HttpVerdict } from './http-answer.js';
import { checkHttpHandlerOptions } from './http-handler-options.js';
import { createNodeHandler } from './node-handler.js';

export interface HttpReceiverOptions extends ReceiverOptions<HttpVerdict> {
  /** What the sessions ask for. Default `ENVELOPE`. */
  readonly format?: 'ENVELOPE' | 'RAW';
}

const NAMES: OptionNames<HttpReceiverOptions> = { ...RECEIVER_NAMES, format: true };

export interface HttpReceiver {
  /** The endpoint to open a session with. */
  readonly url: string;
  /** Ends all connections at once. Can be called twice. */
  close(): Promise<void>;
}

/** Longer than a caller keeps an idle connection, so that none is closed while a callback is on its way. */
const KEEP_ALIVE_MS = 75_000;

/**
 * Starts a server that takes the callbacks of HTTP sessions, on every path.
 *
 * @throws (as a rejection) BoomerangClientError for options that can't be used; Node's error if it can't listen there.
 */
export async function createHttpReceiver(options: HttpReceiverOptions): Promise<HttpReceiver> {
  checkHttpHandlerOptions(options, NAMES);
  const { port = 0, host = '127.0.0.1', ...handlerOptions } = options;
  const handle = createNodeHandler(handlerOptions);
  const server = createServer((request, response) => {
    response.sendDate = false;
    handle(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${hostPort(host, (server.address() as AddressInfo).port)}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

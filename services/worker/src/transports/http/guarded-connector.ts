import type { LookupFunction, Socket } from 'node:net';
import type { AddressGuard, AddressRefusedError } from '@boomerang/address-guard';
import { buildConnector } from 'undici';

export interface GuardedConnectorOptions {
  readonly guard: AddressGuard;
  readonly callbackConnectTimeoutMs: number;
}

/** Connects only where the guard lets it: asked for the host, for all that a name resolves to, for what was dialled. */
export function guardedConnector(
  { guard, callbackConnectTimeoutMs }: GuardedConnectorOptions,
  onConnect: (socket: Socket) => void = () => undefined,
): buildConnector.connector {
  const connectors = new Map<LookupFunction, buildConnector.connector>();

  function connectorFor(port: number): buildConnector.connector {
    const lookup = guard.lookupFor(port);
    const known = connectors.get(lookup);
    if (known) return known;
    const connector = buildConnector({ timeout: callbackConnectTimeoutMs, lookup });
    connectors.set(lookup, connector);
    return connector;
  }

  return (options, callback) => {
    const port = Number(options.port || (options.protocol === 'https:' ? 443 : 80));
    try {
      guard.checkLiteral(options.hostname, port);
    } catch (refused) {
      callback(refused as AddressRefusedError, null);
      return;
    }
    connectorFor(port)(options, (error, socket) => {
      if (error) return callback(error, null);
      try {
        guard.checkDialled({ host: options.hostname, port }, socket);
      } catch (refused) {
        socket.destroy();
        return callback(refused as AddressRefusedError, null);
      }
      onConnect(socket);
      callback(null, socket);
    });
  };
}

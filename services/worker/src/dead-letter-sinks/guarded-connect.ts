import { isIP, connect as netConnect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { AddressGuard } from '@boomerang/address-guard';
import type { Broker, HostPort } from '@boomerang/domain';

/**
 * Opens a connection if the address guard allows it. A refusal of a resolved address is the socket's error.
 *
 * @throws AddressRefusedError when the host alone says that it may not be reached.
 */
export function guardedConnect(
  guard: AddressGuard,
  { host, port, tls }: Broker,
  onConnect: () => void,
): Socket {
  guard.checkLiteral(host, port);
  const options = { host, port, lookup: guard.lookupFor(port) };
  const socket = tls
    ? tlsConnect({ ...options, ...serverName(host) }, onConnect)
    : netConnect(options, onConnect);
  socket.prependOnceListener('connect', () => {
    const refused = refusalOf(guard, { host, port }, socket);
    if (refused) socket.destroy(refused);
  });
  return socket;
}

/** Why a socket that was connected to `target` may not be used; undefined if it may. */
export function refusalOf(guard: AddressGuard, target: HostPort, socket: Socket): Error | undefined {
  try {
    guard.checkDialled(target, socket);
    return undefined;
  } catch (refused) {
    return refused as Error;
  }
}

/** All addresses of a host, in the order to try them. @throws AddressRefusedError if one may not be reached. */
export async function guardedAddresses(guard: AddressGuard, host: string, port: number): Promise<string[]> {
  guard.checkLiteral(host, port);
  if (isIP(host)) return [host];
  return new Promise((resolve, reject) => {
    guard.lookupFor(port)(host, { all: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve((addresses as { address: string }[]).map(({ address }) => address));
    });
  });
}

/** TLS option with the name that certificates are checked against; none for an IP address, which TLS checks itself. */
export function serverName(host: string): { servername?: string } {
  return isIP(host) ? {} : { servername: host };
}

import { createSocket, type Socket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import type { AttemptResult } from '@boomerang/domain';

/** Sockets for datagrams without an answer: one for IPv4 and one for IPv6, each made when it is first needed. */
export class UdpSenders {
  readonly #sockets = new Map<number, Promise<Socket>>();

  /** Writes in the tick that asks `objection`. @throws (as a rejection) the error that kept the datagram from being sent. */
  async tell(
    { address, family }: LookupAddress,
    port: number,
    datagram: Buffer,
    objection: () => string | undefined,
  ): Promise<AttemptResult> {
    const socket = await this.#of(family);
    const error = objection();
    if (error !== undefined) return { kind: 'not_sent', error };
    return new Promise((resolve, reject) => {
      socket.send(datagram, port, address, (error) => (error ? reject(error) : resolve({ kind: 'sent' })));
    });
  }

  async close(): Promise<void> {
    const sockets = await Promise.allSettled(this.#sockets.values());
    this.#sockets.clear();
    for (const socket of sockets) if (socket.status === 'fulfilled') socket.value.close();
  }

  #of(family: number): Promise<Socket> {
    const known = this.#sockets.get(family);
    if (known) return known;
    const forget = () => this.#sockets.delete(family);
    const bound = bind(family, forget);
    bound.catch(forget);
    this.#sockets.set(family, bound);
    return bound;
  }
}

async function bind(family: number, onFailed: () => void): Promise<Socket> {
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    // The target is an address already: a lookup would only delay the write.
    lookup: (address, _options, callback) => callback(null, address, family),
  });
  const listening = once(socket, 'listening');
  socket.bind();
  await listening;
  socket.on('error', () => {
    onFailed();
    socket.close();
  });
  return socket;
}

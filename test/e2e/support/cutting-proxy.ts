import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a gateway, and cuts the connection once where it is told. */
export interface CuttingProxy {
  readonly port: number;
  /**
   * Cuts when the next chunk of a direction comes, instead of passing it on or just after. Resolves once that has happened.
   */
  cut(direction: 'request' | 'answer', when: 'before' | 'after'): Promise<void>;
  close(): void;
}

export async function startCuttingProxy(gatewayPort: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let armed: { direction: string; when: string; struck: () => void } | undefined;
  const server = createServer((client) => {
    const gateway = connect(gatewayPort, '127.0.0.1');
    const end = () => {
      client.destroy();
      gateway.destroy();
    };
    const pass = (direction: string, from: Socket, to: Socket) => {
      open.add(from);
      from.on('error', end);
      from.on('close', () => {
        open.delete(from);
        end();
      });
      from.on('data', (chunk) => {
        const cut = armed?.direction === direction ? armed : undefined;
        if (cut) armed = undefined;
        if (cut?.when !== 'before') to.write(chunk, () => cut && end());
        else end();
        cut?.struck();
      });
    };
    pass('request', client, gateway);
    pass('answer', gateway, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut: (direction, when) =>
      new Promise((struck) => {
        armed = { direction, when, struck };
      }),
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between services and Redis. */
export interface FreezingProxy {
  readonly port: number;
  /** From now on the connections there are carry nothing, and none of them is closed; new ones work. How many. */
  freeze(): number;
  close(): void;
}

export async function startFreezingProxy(redisPort: number): Promise<FreezingProxy> {
  const links = new Set<{ client: Socket; upstream: Socket; frozen: boolean }>();
  const server = createServer((client) => {
    const link = { client, upstream: connect(redisPort, '127.0.0.1'), frozen: false };
    links.add(link);
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (chunk) => link.frozen || to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        if (!link.frozen) to.destroy();
      });
    };
    pass(client, link.upstream);
    pass(link.upstream, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    freeze() {
      for (const link of links) link.frozen = true;
      return links.size;
    },
    close() {
      for (const { client, upstream } of links) {
        client.destroy();
        upstream.destroy();
      }
      server.close();
    },
  };
}

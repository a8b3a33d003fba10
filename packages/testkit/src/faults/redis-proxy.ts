import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Intercept } from './interception.js';
import { ProxyLink } from './proxy-link.js';

/** Stands between one process and Redis, and sees every command. */
export interface RedisProxy {
  readonly port: number;
  /** Undefined: everything passes. */
  intercept: Intercept | undefined;
  close(): void;
}

export async function startRedisProxy(redisPort: number): Promise<RedisProxy> {
  const links = new Set<ProxyLink>();
  const server = createServer((client: Socket) => {
    const link = new ProxyLink(client, connect(redisPort, '127.0.0.1'), (command) =>
      proxy.intercept?.(command),
    );
    links.add(link);
    client.once('close', () => links.delete(link));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: RedisProxy = {
    port: (server.address() as AddressInfo).port,
    intercept: undefined,
    close() {
      for (const link of links) link.cut();
      server.close();
    },
  };
  return proxy;
}

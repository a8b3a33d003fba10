import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { ProxyLink } from './proxy-link.js';
import type { RedisCommand } from './redis-command.js';

/** What happens at a command that a proxy has recognised. */
export interface Interception {
  /** `before` Redis gets it, or `after` Redis has executed it and before anything of its reply is passed on. */
  readonly when: 'before' | 'after';
  /** With `after`: whether this reply, which may have those of commands before it in front, is the one that is meant. */
  readonly reply?: ((reply: Buffer) => boolean) | undefined;
  /** The command, or its reply, waits until this resolves; with `drop` the connection is cut instead. */
  strike(): Promise<'pass' | 'drop'>;
}

/** Asked for every command on its way to Redis. */
export type Intercept = (command: RedisCommand) => Interception | undefined;

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

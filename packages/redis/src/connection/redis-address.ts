import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

/** Where Redis is, and how it is told from an impostor. */
export interface RedisAddress {
  /** One `redis://` or `rediss://` URL; several, separated by commas, are nodes of a Cluster, or Sentinels. */
  readonly url: string;
  /** The name that Sentinels know the primary by. Present: the URLs are those of Sentinels. */
  readonly sentinelMaster?: string | undefined;
  /** Path of a PEM file with the authorities that sign Redis's certificates. Absent: the well-known ones. */
  readonly tlsCa?: string | undefined;
}

/** What services read from their environment. */
interface AddressSettings {
  readonly redisUrl: readonly string[];
  readonly redisSentinelMaster: string | undefined;
  readonly redisTlsCa: string | undefined;
}

export function redisAddress(settings: AddressSettings): RedisAddress {
  return {
    url: settings.redisUrl.join(','),
    sentinelMaster: settings.redisSentinelMaster,
    tlsCa: settings.redisTlsCa,
  };
}

export function urlsOf({ url }: RedisAddress): string[] {
  return url.split(',').map((each) => each.trim());
}

/** What ioredis has to be told besides a single URL. @throws when the file of authorities can't be read. */
export function tlsOptions(address: RedisAddress): { tls?: ConnectionOptions } {
  if (!urlsOf(address).some((url) => url.startsWith('rediss:'))) return {};
  return { tls: address.tlsCa === undefined ? {} : { ca: readFileSync(address.tlsCa) } };
}

/** User and password of the first URL: those of Redis, and of Sentinels where they ask for any. */
export function credentials(address: RedisAddress): { username?: string; password?: string } {
  const { username, password } = new URL(urlsOf(address)[0] as string);
  return {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
  };
}

const SENTINEL_PORT = 26_379;

/** How the primary that Sentinels know by `name` is found. */
export function sentinelOptions(address: RedisAddress, name: string) {
  const { username, password } = credentials(address);
  const { tls } = tlsOptions(address);
  return {
    name,
    sentinels: urlsOf(address).map((url) => {
      const { hostname, port } = new URL(url);
      return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || SENTINEL_PORT) };
    }),
    ...(username ? { username, sentinelUsername: username } : {}),
    ...(password ? { password, sentinelPassword: password } : {}),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

/** The nodes of a Cluster, or undefined where there is none. */
export function clusterNodes(address: RedisAddress): string[] | undefined {
  const urls = urlsOf(address);
  return address.sentinelMaster === undefined && urls.length > 1 ? urls : undefined;
}

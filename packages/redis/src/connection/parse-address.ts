import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { RedisAddress } from './redis-address.js';
import { UnusableRedisError } from './unusable-redis-error.js';

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** The settings of an address, parsed. */
export interface ParsedAddress {
  /** What `nodes` are: the one Redis, Sentinels, or some nodes of a Cluster. */
  readonly kind: 'single' | 'sentinels' | 'cluster';
  readonly nodes: readonly RedisNode[];
  /** Login for Redis, and for Sentinels if they need one. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  /** Present: connections are encrypted, those to Sentinels too. */
  readonly tls: ConnectionOptions | undefined;
}

const URL_VARIABLE = 'BOOMERANG_REDIS_URL';
const CA_VARIABLE = 'BOOMERANG_REDIS_TLS_CA';
const PORT = 6_379;
const SENTINEL_PORT = 26_379;

/**
 * Every part is used, or refused.
 *
 * @throws UnusableRedisError that says in one line which setting is bad; it shows nothing that may be a secret.
 */
export function parseAddress(address: RedisAddress): ParsedAddress {
  const urls = address.url.split(',').map((url) => new URL(url.trim()));
  if (urls.some(({ search, hash }) => search + hash !== '')) {
    refuse(URL_VARIABLE, ' has something behind "?" or "#", which is not used');
  }
  const kind = address.sentinelMaster !== undefined ? 'sentinels' : urls.length > 1 ? 'cluster' : 'single';
  const database = Number(theOne('database numbers', urls.map(databaseOf)) ?? 0);
  if (kind === 'cluster' && database !== 0) {
    refuse(URL_VARIABLE, ` has database ${database}, but a Redis Cluster has database 0 alone`);
  }
  return {
    kind,
    nodes: urls.map((url) => nodeOf(url, kind === 'sentinels' ? SENTINEL_PORT : PORT)),
    username: theOne(
      'users',
      urls.map(({ username }) => decodeURIComponent(username)),
    ),
    password: theOne(
      'passwords',
      urls.map(({ password }) => decodeURIComponent(password)),
    ),
    database,
    tls: tlsOf(urls, address.tlsCa),
  };
}

function refuse(variable: string, problem: string): never {
  throw new UnusableRedisError(variable + problem);
}

function nodeOf({ hostname, port }: URL, defaultPort: number): RedisNode {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || defaultPort) };
}

function databaseOf({ pathname }: URL): string {
  const [, digits] = /^\/?(\d{0,5})$/.exec(pathname) ?? [];
  return digits ?? refuse(URL_VARIABLE, ' has a path that is no database number');
}

/** The value that all URLs with one agree on; undefined if none has one. */
function theOne(what: string, values: readonly string[]): string | undefined {
  const [first, ...others] = new Set(values.filter((value) => value !== ''));
  if (others.length > 0) refuse(URL_VARIABLE, ` has several ${what}: all nodes have to have the same`);
  return first;
}

function tlsOf(urls: readonly URL[], caFile: string | undefined): ConnectionOptions | undefined {
  const schemes = new Set(urls.map(({ protocol }) => protocol));
  if (schemes.size > 1) {
    refuse(URL_VARIABLE, ' has redis:// and rediss://: all nodes have to have the same');
  }
  if (schemes.has('rediss:')) return caFile === undefined ? {} : { ca: readAuthorities(caFile) };
  if (caFile === undefined) return undefined;
  return refuse(
    CA_VARIABLE,
    ` is set, but ${URL_VARIABLE} has redis://, which is without TLS: use rediss://`,
  );
}

function readAuthorities(file: string): Buffer {
  let pem: Buffer;
  try {
    pem = readFileSync(file);
  } catch (error) {
    return refuse(CA_VARIABLE, `: ${file} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    return refuse(CA_VARIABLE, `: ${file} holds no certificate in PEM format`);
  }
}

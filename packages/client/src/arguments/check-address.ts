import { isIPv6 } from 'node:net';
import { checkWhole } from './check-values.js';
import { unusable } from './invalid-argument.js';

const HOST = /^[^\s/:[\]@]+$/;

/** @throws BoomerangClientError `INVALID_REQUEST` unless `host` can be a name or an address. */
export function checkHost(field: string, host: string): string {
  if (typeof host === 'string' && (HOST.test(host) || isIPv6(host))) return host;
  throw unusable(field, host, 'a host name, or an IPv4 or IPv6 address, without scheme, port or brackets');
}

/** @param least 0 where that stands for a free one. */
export function checkPort(field: string, port: number, least: 0 | 1): number {
  return checkWhole(field, port, { least, most: 65_535 });
}

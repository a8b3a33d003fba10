import { isIPv6 } from 'node:net';

/** Where a server is reached that listens on `host`: an address that stands for all is reached at that of loopback. */
export function dialledHost(host: string): string {
  return { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
}

export function hostInUrl(host: string): string {
  const dialled = dialledHost(host);
  return isIPv6(dialled) ? `[${dialled}]` : dialled;
}

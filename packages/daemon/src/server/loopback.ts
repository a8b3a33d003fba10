import { isIPv4, isIPv6 } from 'node:net';

/** Whether only this machine reaches an address. A name other than localhost may stand for anything. */
export function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  return isIPv6(host) ? /^(0*:)*:?0*1$/.test(host) && host !== '1' : host === 'localhost';
}

import { type HttpMethod, hostPortOf } from '@boomerang/domain';
import type { EndpointAddress } from '../../endpoints/endpoint-address.js';
import type { Target } from '../shared/connection-pool.js';

/** Where requests go, and the bytes that the head of each of them begins with. */
export interface HttpTarget extends Target {
  readonly endpoint: EndpointAddress;
  readonly head: string;
}

/** @param endpoint a valid `http://…` or `https://…`. */
export function httpTargetOf(endpoint: string, method: HttpMethod = 'POST'): HttpTarget {
  const { origin, protocol, host, pathname, search } = new URL(endpoint);
  return {
    key: origin,
    endpoint: { origin, path: pathname },
    ...hostPortOf({ protocol: 'HTTP', endpoint }),
    tlsProtocol: protocol === 'https:' ? 'http/1.1' : undefined,
    head: `${method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`,
  };
}

/** Characters that would end a header field, or that can't be written as one byte. */
const UNFIT_FOR_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** A request as it goes out, in one piece. @throws TypeError for a value that no field can have. */
export function encodeRequest(
  { head }: HttpTarget,
  fields: Readonly<Record<string, string>>,
  body: Uint8Array,
): Buffer {
  let text = head;
  for (const name in fields) {
    const value = fields[name] ?? '';
    if (UNFIT_FOR_VALUE.test(value)) throw new TypeError(`${name}: ${JSON.stringify(value)} fits no header`);
    text += `${name}: ${value}\r\n`;
  }
  text += `content-length: ${body.length}\r\n\r\n`;
  const request = Buffer.allocUnsafe(text.length + body.length);
  request.write(text, 'latin1');
  request.set(body, text.length);
  return request;
}

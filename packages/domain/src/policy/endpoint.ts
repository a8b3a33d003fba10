import { invalidField } from '../errors.js';
import { quote } from '../quote.js';
import type { Callback } from './callback.js';

export const MAX_ENDPOINT_LENGTH = 2_048;

/** A host as a connection is made to it, and a port. */
export interface HostPort {
  /** A name in ASCII, an IPv4 address in dotted decimals, or an IPv6 address without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

const ALLOWED_URL = `an http:// or https:// URL of at most ${MAX_ENDPOINT_LENGTH} characters, without user, password or fragment, port 1 to 65535`;
const ALLOWED_HOST_PORT = {
  GRPC: 'host:port or grpcs://host:port, port 1 to 65535, an IPv6 address in brackets',
  TCP: 'host:port, port 1 to 65535, an IPv6 address in brackets',
  UDP: 'host:port, port 1 to 65535, an IPv6 address in brackets',
} as const;

/** @throws BoomerangError `invalid_request` unless the endpoint is one of its protocol. */
export function validateEndpoint(callback: Callback): void {
  const { protocol, endpoint } = callback;
  if (protocol === 'HTTP') validateUrl(endpoint);
  else if (!parseHostPort(protocol === 'GRPC' ? endpoint.replace(/^grpcs:\/\//i, '') : endpoint)) {
    const problem = `${quote(endpoint)} is not an endpoint for ${protocol}`;
    throw invalidField('callback.endpoint', problem, ALLOWED_HOST_PORT[protocol]);
  }
}

/** Host and port of any valid endpoint, the scheme's port where a URL names none. */
export function hostPortOf({ protocol, endpoint }: Callback): HostPort {
  if (protocol === 'HTTP') {
    const { hostname, port, protocol: scheme } = new URL(endpoint);
    return { host: withoutBrackets(hostname), port: Number(port || (scheme === 'https:' ? 443 : 80)) };
  }
  const parsed = parseHostPort(endpoint.replace(/^grpcs:\/\//i, ''));
  if (!parsed) throw new TypeError(`${quote(endpoint)} is not an endpoint for ${protocol}`);
  return parsed;
}

/**
 * `host:port`, read as a browser reads it: numbers in any notation become the address that they mean, and wide digits
 * plain ones. Undefined for anything else.
 */
export function parseHostPort(text: string): HostPort | undefined {
  if (text.length > MAX_ENDPOINT_LENGTH || !/^(\[[^\]@/\\?#\s]*\]|[^:@/\\?#\s[\]]+):\d{1,5}$/.test(text))
    return undefined;
  const url = `http://${text}/`;
  if (!URL.canParse(url)) return undefined;
  const port = Number(text.slice(text.lastIndexOf(':') + 1));
  return port === 0 ? undefined : { host: withoutBrackets(new URL(url).hostname), port };
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function validateUrl(endpoint: string): void {
  const refuse = (problem: string) => invalidField('callback.endpoint', problem, ALLOWED_URL);
  if (endpoint.length > MAX_ENDPOINT_LENGTH) throw refuse(`${endpoint.length} characters`);
  const problem = httpUrlProblem(endpoint);
  if (problem) throw refuse(problem);
}

/** Why requests can't be sent to `text`; undefined if they can. */
export function httpUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text) || /[\s\\]/.test(text)) return `${quote(text)} is not a URL`;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `the scheme of ${quote(text)} is not for HTTP`;
  }
  if (!/^https?:\/\/[^/]/i.test(text)) return `${quote(text)} has no host`;
  if (url.username || url.password) return 'it carries a user or password';
  if (url.hash) return 'it carries a fragment';
  return url.port === '0' ? 'port 0' : undefined;
}

/** What a client calls its endpoint: `http://host:port/path`, without query; `grpc://host:port`, `tcp://…`, `udp://…`. */
export function endpointName(callback: Callback): string {
  if (callback.protocol === 'HTTP') {
    const { origin, pathname } = new URL(callback.endpoint);
    return origin + pathname;
  }
  const { host, port } = hostPortOf(callback);
  return `${callback.protocol.toLowerCase()}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

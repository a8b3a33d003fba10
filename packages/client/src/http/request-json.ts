import { ConnectError } from '../connection/connect-error.js';
import { ConnectionClosedError } from '../connection/connection-closed-error.js';
import { refusalOf } from './refusal-of.js';

/** Where nothing was sent yet: no connection was made, or no TLS. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/;
const TLS = /^(ERR_(SSL|TLS)_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** A request of the HTTP API. */
export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With the query, such as `/v1/tasks?limit=10`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

/**
 * Asks the HTTP API once, for operations that a session has no method for; what is answered without a body is `{}`.
 *
 * @param url of the API, without a slash at its end; @param token a key of the client
 * @throws BoomerangClientError for what the gateway, or another server, refuses; ConnectError if nothing was sent;
 *   ConnectionClosedError if the connection ended before the answer's end.
 */
export async function requestJson(
  { url, token }: { readonly url: string; readonly token: string },
  { method, path, headers, body }: JsonRequest,
  signal?: AbortSignal,
): Promise<object> {
  const type = body && { 'content-type': 'application/json' };
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url + path, {
      method,
      headers: { accept: 'application/json', authorization: `Bearer ${token}`, ...type, ...headers },
      // A key must not follow to where an answer points.
      redirect: 'manual',
      signal: signal ?? null,
      ...(body && { body: JSON.stringify(body) }),
    });
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw explain(error as Error, url);
  }
  const json = parse(answer.ok && text === '' ? '{}' : text);
  if (answer.ok && json) return json;
  throw refusalOf(url, answer.status, json);
}

function parse(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json ? json : undefined;
  } catch {
    return undefined;
  }
}

function explain(error: Error, url: string): Error {
  const cause = (error.cause ?? error) as NodeJS.ErrnoException;
  const { code = '' } = cause;
  const told = cause.message || code;
  const isTls = TLS.test(code);
  if (isTls || NOT_SENT.test(code)) {
    const help = isTls
      ? 'is it a port that speaks TLS? NODE_EXTRA_CA_CERTS names a file with the certificate of an authority of your own'
      : 'is the gateway running, and is this its HTTP port (BOOMERANG_HTTP_PORT, by default 8080)?';
    return new ConnectError(
      isTls ? 'tls_failed' : 'unreachable',
      `no connection to ${url}: ${help} (${told})`,
      cause,
    );
  }
  return new ConnectionClosedError(
    { code: 'connection_lost', why: `${url}: ${told}`, cause, help: '' },
    'unknown',
  );
}

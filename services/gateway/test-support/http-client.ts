export interface Asking {
  readonly bearer?: string | undefined;
  readonly headers?: Record<string, string>;
  readonly json?: unknown;
  readonly body?: string | Buffer<ArrayBuffer>;
}

export type HttpClient = (
  method: string,
  path: string,
  asking?: Asking,
  // biome-ignore lint/suspicious/noExplicitAny: tests say of what they read what it is.
) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: any }>;

/** Asks the HTTP API at `base`, with `key` unless another bearer is given. */
export function httpClient(base: string, key: string): HttpClient {
  return async (method, path, asking = {}) => {
    const { bearer = key, headers = {}, json } = asking;
    const body = json === undefined ? asking.body : JSON.stringify(json);
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  };
}

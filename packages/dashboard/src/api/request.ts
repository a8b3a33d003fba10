/** A problem as the API tells it (RFC 9457), or what kept its answer from coming. */
export class ApiError extends Error {
  constructor(
    /** 0: the gateway can't be reached. */
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** Shows the gateway that a request comes from this page: other sites can't send it without being asked first. */
const FROM_DASHBOARD = { 'x-boomerang-dashboard': '1' } as const;

/** How long the gateway may take, ms. */
const PATIENCE_MS = 15_000;

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/** Called when the gateway says that nobody is signed in (any more). */
let onSignedOut: () => void = () => undefined;
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** @throws ApiError */
export async function request<T>(method: Method, path: string, body?: object): Promise<T> {
  const response = await send(method, path, body);
  const text = await response.text();
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
  if (response.status === 401 && path !== '/dashboard/session') onSignedOut();
  throw errorOf(response, text);
}

async function send(method: Method, path: string, body: object | undefined): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: { ...FROM_DASHBOARD, ...(body && { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body && { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'unreachable', 'The gateway does not answer.');
  }
}

export function errorOf(response: Response, text: string): ApiError {
  try {
    const { code, detail } = JSON.parse(text) as { code: string; detail: string };
    return new ApiError(response.status, code, detail);
  } catch {
    return new ApiError(response.status, 'unknown', `The gateway answered with ${response.status}.`);
  }
}

/** A query string of what is set. */
export function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  const set = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

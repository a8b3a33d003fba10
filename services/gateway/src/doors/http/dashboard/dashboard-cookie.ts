import type { FastifyRequest } from 'fastify';

const NAME = 'boomerang_dashboard';
/** The page sends it with each request. Another site can't, unless the gateway allowed it to (CORS), which it never does. */
const FROM_DASHBOARD = 'x-boomerang-dashboard';

/**
 * The token that the dashboard's cookie holds, of a request that the dashboard itself has sent; undefined for any other: a
 * request that another site made the browser send counts as one without a cookie.
 */
export function tokenOfDashboard(request: Pick<FastifyRequest, 'headers'>): string | undefined {
  if (!isFromDashboard(request)) return undefined;
  const cookies = (request.headers.cookie ?? '').split(';').map((one) => one.trim());
  return cookies.find((one) => one.startsWith(`${NAME}=`))?.slice(NAME.length + 1) || undefined;
}

export function isFromDashboard({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return (
    headers[FROM_DASHBOARD] !== undefined && (headers['sec-fetch-site'] ?? 'same-origin') === 'same-origin'
  );
}

/** @param token '' takes the cookie away. */
export function dashboardCookie(request: FastifyRequest, token: string, lifetimeMs: number): string {
  const behindTls = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https';
  const parts = [
    `${NAME}=${token}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${lifetimeMs / 1_000}`,
  ];
  return [...parts, ...(behindTls ? ['Secure'] : [])].join('; ');
}

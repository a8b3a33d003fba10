/** When a receiver wants the next attempt: in so many ms, or at a time (Unix epoch ms). Empty when it doesn't say. */
export type RetryAfter =
  | { readonly retryAfterMs: number }
  | { readonly retryAtMs: number }
  | Record<string, never>;

/** The three forms of an HTTP-date (RFC 9110, 5.6.7). `Date.parse` alone would accept many other texts. */
const HTTP_DATE =
  /^([A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/** Reads `Retry-After`: whole seconds, or an HTTP-date. Any other value is ignored. */
export function parseRetryAfter(value: string): RetryAfter {
  const text = value.trim();
  if (/^\d{1,12}$/.test(text)) return { retryAfterMs: Number(text) * 1_000 };
  if (!HTTP_DATE.test(text)) return {};
  const retryAtMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(retryAtMs) ? {} : { retryAtMs };
}

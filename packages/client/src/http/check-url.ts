import { unusable } from '../arguments/invalid-argument.js';

/** The URL without a slash at its end. @throws BoomerangClientError `INVALID_REQUEST`. */
export function checkUrl(field: string, text: string): string {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && /^https?:$/.test(url.protocol) && !url.username && !url.password;
  if (!plain || url.search || url.hash) {
    throw unusable(
      field,
      text,
      'http://host:port or https://host:port, without a name, a password or a query',
    );
  }
  return url.href.replace(/\/+$/, '');
}

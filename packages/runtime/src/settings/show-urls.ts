import { HIDDEN } from '../secrets/redact-text.js';
import { splitItems } from './list.js';

const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i;
/** A host, a port and a database. Anything else may be a part of a password. */
const OPEN_REST = /^(?:\[[\da-f:.]+\]|[\w.-]+)?(?::\d{1,5})?(?:\/\d{0,5})?$/i;

/**
 * The part of a bad list of URLs that may be shown: whatever could be a part of a password is replaced. Returns undefined
 * when an item is no URL, because the comma before it may belong to a password.
 */
export function showUrls(text: string): string | undefined {
  const items = splitItems(text);
  return items.every((item) => SCHEME.test(item)) ? items.map(showUrl).join(',') : undefined;
}

function showUrl(url: string): string {
  const [scheme = ''] = SCHEME.exec(url) ?? [];
  const at = url.lastIndexOf('@');
  const rest = at === -1 ? url.slice(scheme.length) : url.slice(at + 1);
  const userInfo = at === -1 ? '' : `${HIDDEN}@`;
  return `${scheme}${userInfo}${OPEN_REST.test(rest) ? rest : HIDDEN}`;
}

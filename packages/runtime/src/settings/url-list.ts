import { type Declaration, type Present, type Setting, setting } from '../setting.js';
import { splitItems } from './list.js';
import { showUrls } from './show-urls.js';

interface UrlListDeclaration extends Declaration<readonly string[]> {
  /** Without the colon: `redis`, `rediss`. */
  schemes: readonly string[];
}

/** One URL, or several separated by commas. */
export function urlList(
  declaration: UrlListDeclaration & Present<readonly string[]>,
): Setting<readonly string[]>;
export function urlList(declaration: UrlListDeclaration): Setting<readonly string[] | undefined>;
export function urlList(declaration: UrlListDeclaration): Setting<readonly string[] | undefined> {
  const schemes = declaration.schemes.map((scheme) => `${scheme}://`);
  return setting<readonly string[] | undefined>(declaration, {
    kind: 'url-list',
    allowed:
      `one URL or several separated by commas, each ${schemes.join(' or ')}[user:password@]host:port[/database], ` +
      'user and password percent-encoded',
    show: showUrls,
    parse: (text) => {
      const urls = splitItems(text);
      const good = urls.every((url) => schemes.some((scheme) => url.startsWith(scheme)) && isUsable(url));
      return good && urls.length > 0 ? urls : undefined;
    },
  });
}

/**
 * A URL is usable if it has a host, and no "@" in path, query or fragment: that is a sign of a password that is not
 * encoded.
 */
function isUsable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname, username, password, pathname, search, hash } = new URL(url);
  const decodable = [username, password].every((text) => !/%(?![\da-f]{2})/i.test(text));
  return hostname !== '' && decodable && ![pathname, search, hash].some((text) => text.includes('@'));
}

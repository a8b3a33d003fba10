import { type Declaration, type Present, type Setting, setting } from '../setting.js';
import { splitItems } from './list.js';

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
    allowed: `one URL or several separated by commas, each ${schemes.join(' or ')}host:port`,
    parse: (text) => {
      const urls = splitItems(text);
      const good = urls.every((url) => schemes.some((scheme) => url.startsWith(scheme)) && hasHost(url));
      return good && urls.length > 0 ? urls : undefined;
    },
  });
}

function hasHost(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname !== '';
}

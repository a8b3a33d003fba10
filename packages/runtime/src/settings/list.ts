import { type Declaration, type Present, type Setting, setting } from '../setting.js';

interface ListDeclaration extends Declaration<readonly string[]> {
  /**
   * Whether an item is allowed. If it is given, `allowed` has to say the same in words. Default: every item is allowed.
   */
  accepts?: (item: string) => boolean;
  /** The end of "expected …". Default: `items separated by commas`. */
  allowed?: string;
}

/** Items separated by commas. Unset means the default, an empty text the empty list. */
export function list(declaration: ListDeclaration & Present<readonly string[]>): Setting<readonly string[]>;
export function list(declaration: ListDeclaration): Setting<readonly string[] | undefined>;
export function list(declaration: ListDeclaration): Setting<readonly string[] | undefined> {
  const { accepts = () => true, allowed = 'items separated by commas' } = declaration;
  return setting<readonly string[] | undefined>(declaration, {
    kind: 'list',
    allowed: `${allowed}, or nothing for none`,
    emptyIsValue: true,
    parse: (text) => {
      const items = splitItems(text);
      return items.every((item) => item !== '' && accepts(item)) ? items : undefined;
    },
  });
}

/** The trimmed items between commas. A blank text has none. */
export function splitItems(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
}

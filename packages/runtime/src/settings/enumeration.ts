import { type Declaration, type Present, type Setting, setting } from '../setting.js';

interface EnumerationDeclaration<V extends string> extends Declaration<NoInfer<V>> {
  values: readonly V[];
}

/** One of a closed list of words. */
export function enumeration<const V extends string>(
  declaration: EnumerationDeclaration<V> & Present<NoInfer<V>>,
): Setting<V>;
export function enumeration<const V extends string>(
  declaration: EnumerationDeclaration<V>,
): Setting<V | undefined>;
export function enumeration<const V extends string>(
  declaration: EnumerationDeclaration<V>,
): Setting<V | undefined> {
  return setting<V | undefined>(declaration, {
    kind: 'enum',
    allowed: `one of ${declaration.values.join(', ')}`,
    parse: (text) => declaration.values.find((value) => value === text),
  });
}

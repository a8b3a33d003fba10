import { type Declaration, type Present, type Setting, setting } from '../setting.js';

interface StringDeclaration extends Declaration<string> {
  /** In characters. Default 0. */
  minLength?: number;
  /** The whole text has to match it. If it is given, `allowed` has to say the same in words. */
  pattern?: RegExp;
  /** The end of "expected …". */
  allowed?: string;
  /** Whether an empty text is a value. Otherwise it counts as unset. Default false. */
  allowEmpty?: boolean;
}

/** A text, taken without changes. */
export function string(declaration: StringDeclaration & Present<string>): Setting<string>;
export function string(declaration: StringDeclaration): Setting<string | undefined>;
export function string(declaration: StringDeclaration): Setting<string | undefined> {
  const { minLength = 0, pattern, allowEmpty = false } = declaration;
  return setting<string | undefined>(declaration, {
    kind: 'string',
    allowed: declaration.allowed ?? (minLength > 0 ? `at least ${minLength} characters` : 'a text'),
    emptyIsValue: allowEmpty,
    parse: (text) => (text.length >= minLength && (pattern?.test(text) ?? true) ? text : undefined),
  });
}

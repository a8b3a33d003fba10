import { type Declaration, type Present, type Setting, setting } from '../setting.js';

interface StringDeclaration extends Declaration<string> {
  /** In characters. Default 0. */
  minLength?: number;
  /** What the whole text has to match; then `allowed` says so in words. */
  pattern?: RegExp;
  /** The end of "expected …". */
  allowed?: string;
  /** Whether an empty text is a value and not the same as unset. Default false. */
  allowEmpty?: boolean;
}

/** A text, taken as it is. */
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

import { type Declaration, type Present, type Setting, setting } from '../setting.js';

/** `true` or `false`. */
export function boolean(declaration: Declaration<boolean> & Present<boolean>): Setting<boolean>;
export function boolean(declaration: Declaration<boolean>): Setting<boolean | undefined>;
export function boolean(declaration: Declaration<boolean>): Setting<boolean | undefined> {
  return setting<boolean | undefined>(declaration, {
    kind: 'boolean',
    allowed: 'true or false',
    parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  });
}

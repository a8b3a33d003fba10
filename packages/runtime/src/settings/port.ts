import { type Declaration, type Present, type Setting, setting } from '../setting.js';
import { parseInteger } from './integer.js';

/** A port to listen on; 0 picks a free one. */
export function port(declaration: Declaration<number> & Present<number>): Setting<number>;
export function port(declaration: Declaration<number>): Setting<number | undefined>;
export function port(declaration: Declaration<number>): Setting<number | undefined> {
  return setting<number | undefined>(declaration, {
    kind: 'port',
    allowed: 'a port from 0 (a free one) to 65535',
    parse: (text) => parseInteger(text, 0, 65_535),
  });
}

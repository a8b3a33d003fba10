import { type Declaration, type Setting, setting } from '../setting.js';

interface KeyDeclaration extends Omit<Declaration<Buffer>, 'default' | 'secret'> {
  readonly bytes: number;
}

/** A secret key in base64 or hexadecimal digits. */
export function key(declaration: KeyDeclaration & { required: true }): Setting<Buffer>;
export function key(declaration: KeyDeclaration): Setting<Buffer | undefined>;
export function key({ bytes, ...declaration }: KeyDeclaration): Setting<Buffer | undefined> {
  return setting<Buffer | undefined>(
    { ...declaration, secret: true },
    {
      kind: 'key',
      allowed: `${bytes} bytes in base64 or hexadecimal digits`,
      parse: (text) => [fromHex(text), fromBase64(text)].find((decoded) => decoded?.length === bytes),
    },
  );
}

function fromHex(text: string): Buffer | undefined {
  return /^([\da-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : undefined;
}

function fromBase64(text: string): Buffer | undefined {
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

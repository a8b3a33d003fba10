import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts with `key` and binds the result to `context`; both are needed to open it. Base64 of nonce, ciphertext, tag. */
export function seal(key: Uint8Array, context: string, plain: Uint8Array): string {
  return sealWith(randomBytes(NONCE_BYTES), key, context, plain);
}

/** The same, and always the same for the same: whoever reads it learns which are alike. */
export function sealAlike(key: Uint8Array, context: string, plain: Uint8Array): string {
  const nonce = createHmac('sha256', key).update(`boomerang nonce\0${context}\0`).update(plain).digest();
  return sealWith(nonce.subarray(0, NONCE_BYTES), key, context, plain);
}

function sealWith(nonce: Uint8Array, key: Uint8Array, context: string, plain: Uint8Array): string {
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** @throws if it was sealed with another key or context, or changed since. */
export function unseal(key: Uint8Array, context: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

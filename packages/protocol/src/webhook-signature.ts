import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed callback carries, as headers, metadata or fields 20 to 22 of `CallbackRequest`. */
export interface WebhookSignature {
  /** `<task id>:<occurrence>`: the same for all attempts of an occurrence. */
  readonly id: string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** `v1,<base64>` for each live secret, separated by blanks. */
  readonly signature: string;
}

const SECRET = /^whsec_([A-Za-z0-9+/]{32,86}={0,2})$/;

/** The key in a signing secret, `whsec_<base64 of 24 to 64 bytes>`; undefined if `text` is none. */
export function parseWebhookSecret(text: string): Buffer | undefined {
  const base64 = SECRET.exec(text)?.[1];
  const key = base64 === undefined ? undefined : Buffer.from(base64, 'base64');
  return key && key.length >= 24 && key.length <= 64 ? key : undefined;
}

export function formatWebhookSecret(key: Uint8Array): string {
  return `whsec_${Buffer.from(key).toString('base64')}`;
}

/** Signs `<id>.<timestamp>.<body>` with each key, as Standard Webhooks v1 does. */
export function signWebhook(
  keys: readonly Uint8Array[],
  { id, timestamp }: Pick<WebhookSignature, 'id' | 'timestamp'>,
  body: Uint8Array,
): WebhookSignature {
  const signatures = keys.map((key) => `v1,${mac(key, id, timestamp, body).toString('base64')}`);
  return { id, timestamp, signature: signatures.join(' ') };
}

/** Whether one of the signatures is that of one of the keys. Takes as long for a wrong one as for a right one. */
export function matchesWebhook(
  keys: readonly Uint8Array[],
  { id, timestamp, signature }: WebhookSignature,
  body: Uint8Array,
): boolean {
  const expected = keys.map((key) => mac(key, id, timestamp, body));
  const given = signature
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3), 'base64'));
  const equal = (one: Buffer, other: Buffer) => one.length === other.length && timingSafeEqual(one, other);
  return given.some((one) => expected.some((other) => equal(one, other)));
}

function mac(key: Uint8Array, id: string, timestamp: number, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

import { readFileSync } from 'node:fs';

/** A golden encoding made by `protoc`, an implementation that shares nothing with this one. */
export interface Vector {
  name: string;
  /** The full name of the message, such as "boomerang.Task". */
  message: string;
  /** The encoded message. */
  hex: string;
  /** The same message in the proto3 JSON mapping. */
  json: Record<string, unknown>;
}

/** What a generated message class offers, as far as the vectors need it. */
export interface Codec {
  decode(bytes: Uint8Array): object;
  encode(message: object): { finish(): Uint8Array };
  toObject(message: object, options: object): Record<string, unknown>;
}

export const vectors: Vector[] = JSON.parse(
  readFileSync(new URL('../test-data/vectors.json', import.meta.url), 'utf8'),
);

/** Finds the class of a message by its full name. */
export function codecOf(namespaces: object, message: string): Codec {
  const found = message
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], namespaces);
  if (typeof found !== 'function') throw new Error(`no generated class for ${message}`);
  return found as unknown as Codec;
}

/**
 * A decoded message in the proto3 JSON mapping: 64-bit numbers as strings, bytes as base64, enum values by name,
 * timestamps as RFC 3339, and only what is set.
 */
export function toProtoJson(codec: Codec, message: object): unknown {
  return withTimestamps(codec.toObject(message, { longs: String, enums: String, bytes: String }));
}

function withTimestamps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimestamps);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    isTimestamp(key, inner) ? rfc3339(inner) : withTimestamps(inner),
  ]);
  return Object.fromEntries(entries);
}

interface Timestamp {
  seconds?: string;
  nanos?: number;
}

/** The contract's timestamps are the fields called `timestamp` and `…At`; `expiresAt` is a plain number. */
function isTimestamp(key: string, value: unknown): value is Timestamp {
  return (key === 'timestamp' || key.endsWith('At')) && typeof value === 'object';
}

function rfc3339({ seconds = '0', nanos = 0 }: Timestamp): string {
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return nanos === 0 ? `${whole}Z` : `${whole}.${String(nanos / 1e6).padStart(3, '0')}Z`;
}

import { type AttemptRecord, outcomeNumber } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import { epochMs } from './api-request.js';

export type AttemptJson = Partial<Omit<AttemptRecord, 'atMs'>> & { readonly at?: string };

/** An outcome of a newer release has no number here. */
export function toAttempt({ at, outcome, ...same }: AttemptJson): boomerang.AttemptRecord.$Properties {
  return { ...same, atMs: epochMs(at), outcome: (outcome && outcomeNumber(outcome)) ?? 0 };
}

export function bytesFromJson({
  text = '',
  base64,
}: {
  text?: string | undefined;
  base64?: string | undefined;
}): Buffer {
  return base64 === undefined ? Buffer.from(text) : Buffer.from(base64, 'base64');
}

/** With its question mark; empty without any. What stands for a default is left out: nothing, 0, and an empty text. */
export function toQuery(
  query: Readonly<Record<string, string | number | boolean | null | undefined>>,
): string {
  const set = Object.entries(query).filter(([, value]) => value || value === false);
  const text = new URLSearchParams(
    set.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return text && `?${text}`;
}

import { invalidField, quote } from '@boomerang/domain';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Unix epoch ms; 0 for undefined. @throws BoomerangError `invalid_request` */
export function timeFromJson(field: string, text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = RFC_3339.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN;
  if (ms >= 0) return ms;
  throw invalidField(
    field,
    `${quote(text)} is no time since 1970`,
    'a time by RFC 3339, such as "2030-01-31T12:00:00Z"',
  );
}

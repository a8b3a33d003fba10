import { invalidField } from '@boomerang/domain';

/** To operations 0 means their default; whoever writes it means none. @throws BoomerangError `invalid_request` */
export function limitFromJson(limit: number | undefined, field = 'limit'): number {
  if (limit === 0) throw invalidField(field, '0', 'a whole number from 1 to 1000');
  return limit ?? 0;
}

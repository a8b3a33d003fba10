import { BoomerangClientError, ConnectError } from '@boomerang/client';

const BY_CODE: Partial<Record<BoomerangClientError['code'], string>> = {
  unauthorized: 'set BOOMERANG_TOKEN to a key that is valid there, or name another profile with --profile',
  forbidden: 'use a key that has the permission',
  not_found: '`boomerang tasks list` shows the tasks that have not ended',
  already_ended: '`boomerang tasks show ID` tells how it ended',
  key_reused: 'take another idempotency key, or register what was registered with this one',
  exhausted: 'try again in a while',
  unavailable: 'try again; `boomerang doctor` tells what is wrong with Redis',
  outcome_unknown: 'look whether it was done before you repeat it, or repeat it with --idempotency-key',
};

/** What to do about an error, where its message doesn't say it. */
export function nextStep(error: unknown): string | undefined {
  if (error instanceof ConnectError)
    return 'see what answers there with `boomerang doctor`, or start a stack with `boomerang up`';
  if (!(error instanceof BoomerangClientError)) return undefined;
  return error.field === 'url'
    ? 'name the gateway with --url, BOOMERANG_URL or --profile'
    : BY_CODE[error.code];
}

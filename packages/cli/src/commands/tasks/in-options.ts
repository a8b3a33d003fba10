import { BoomerangClientError } from '@boomerang/client';

/** What the API's members are called here. */
const OPTIONS: Readonly<Record<string, string>> = {
  delay: '--in',
  at: '--at',
  repeatInterval: '--every',
  cron: '--cron',
  timeZone: '--time-zone',
  'callback.url': '--to',
  'callback.format': '--envelope',
  'callback.contentType': '--content-type',
  'callback.acked': '--acked',
  'retry.maxAttempts': '--attempts',
  'retry.strategy': '--backoff',
  'retry.interval': '--retry-interval',
  'retry.maxInterval': '--max-retry-interval',
  'dlq.destination': '--dlq',
  'Idempotency-Key': '--idempotency-key',
  base64: '--file',
  tags: '--tag',
  tag: '--tag',
  newPhase: '--new-phase',
  dueAfter: '--due-after',
  dueBefore: '--due-before',
  limit: '--limit',
};

/** @throws the error with the option in the place of the API's member. */
export function inOptions(error: unknown): never {
  if (!(error instanceof BoomerangClientError)) throw error;
  const [, member = '', rest = ''] = /^([\w.-]+): (.*)$/s.exec(error.message) ?? [];
  const option = OPTIONS[member];
  if (option === undefined) throw error;
  throw new BoomerangClientError(error.status, `${option}: ${rest}`, { code: error.code });
}

import type { AttemptResult, ErrorClass } from '@boomerang/domain';

/** What an attempt's outcome says about its endpoint, apart from what it says about the occurrence. */
export type EndpointHealth = 'up' | 'down' | 'unknown';

/** A receiver that answers is up, even if it refuses the callback. */
const SHOWN_BY: Readonly<Record<ErrorClass, EndpointHealth>> = {
  connect: 'down',
  timeout: 'down',
  reset: 'down',
  protocol: 'down',
  rejected: 'up',
  address: 'unknown',
  unsendable: 'unknown',
  lost: 'unknown',
  expired: 'unknown',
};

export function healthShownBy(result: AttemptResult): EndpointHealth {
  switch (result.kind) {
    case 'not_sent':
    case 'starved':
      return 'unknown';
    case 'retryable':
      return result.outOfOrder ? 'down' : SHOWN_BY[result.errorClass];
    case 'terminal':
      return SHOWN_BY[result.errorClass];
    default:
      return 'up';
  }
}

import type { AttemptOutcome } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';

const { Status } = boomerang;
const { Verdict } = boomerang.CallbackResponse;

/** What a receiver's answer means, on every wire: its verdict counts, or its status if it has none. */
export function judgeCallbackResponse(response: boomerang.CallbackResponse.$Properties): AttemptOutcome {
  const status = response.status ?? Status.OK;
  const verdict = response.verdict ?? Verdict.UNSPECIFIED;
  switch (verdict) {
    case Verdict.STOP_RECURRENCE:
      return { kind: 'stop' };
    case Verdict.DEAD_LETTER:
      return { kind: 'terminal', errorClass: 'rejected', error: told('DEAD_LETTER', response) };
    case Verdict.RETRY: {
      const failed = { kind: 'retryable', errorClass: 'rejected', error: told('RETRY', response) } as const;
      return response.retryAfterMs ? { ...failed, retryAfterMs: response.retryAfterMs } : failed;
    }
    default: {
      if (status === Status.OK) return { kind: 'delivered' };
      const name = Status[status] ?? `status ${status}`;
      return { kind: 'retryable', errorClass: 'rejected', error: told(name, response) };
    }
  }
}

function told(answer: string, { errorMessage }: boomerang.CallbackResponse.$Properties): string {
  return `the receiver answered ${answer}${errorMessage ? `: ${errorMessage}` : ''}`;
}

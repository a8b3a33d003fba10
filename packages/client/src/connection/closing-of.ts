import { FrameError, MalformedEnvelopeError } from '@boomerang/protocol';
import { BoomerangClientError } from './client-error.js';
import type { Closing } from './connection-closed-error.js';
import { describeFrameError } from './describe-frame-error.js';

/** What is known of a connection's end. */
interface End {
  readonly peer: string;
  /** Whether this side asked for it. */
  readonly wanted: boolean;
  /** Whether any frame had come. */
  readonly answered: boolean;
  readonly failure: Error | undefined;
}

export function closingOf({ peer, wanted, answered, failure }: End): Closing {
  if (wanted) return { code: 'closed_here', why: 'close() was called', cause: failure };
  if (!failure) return { code: 'closed_by_gateway', why: `the gateway at ${peer} ended it` };
  if (failure instanceof BoomerangClientError) {
    const why = `the gateway at ${peer} ended it: ${failure.message}`;
    return { code: 'refused_by_gateway', why, cause: failure };
  }
  if (!answered && (failure instanceof FrameError || failure instanceof MalformedEnvelopeError)) {
    const heard = failure instanceof FrameError ? describeFrameError(failure) : failure.message;
    return { code: 'not_a_gateway', why: `what listens at ${peer} is no gateway: ${heard}`, cause: failure };
  }
  return {
    code: 'connection_lost',
    why: `the one to the gateway at ${peer} was lost (${failure.message})`,
    cause: failure,
  };
}

import { AddressRefusedError } from '@boomerang/address-guard';
import type { AttemptResult } from '@boomerang/domain';
import { describeError } from './describe-error.js';

/** The process, or the whole machine, has no file descriptor left. */
const NO_DESCRIPTOR = ['EMFILE', 'ENFILE'];

export type ConnectFailure = Extract<AttemptResult, { kind: 'terminal' | 'retryable' | 'starved' }>;

/** The result of an attempt without a connection. A lack of file descriptors is no failure of the receiver. */
export function connectFailure(error: Error): ConnectFailure {
  const described = describeError(error);
  if (error instanceof AddressRefusedError) {
    return { kind: error.forGood ? 'terminal' : 'retryable', errorClass: 'address', error: described };
  }
  if (NO_DESCRIPTOR.includes((error as NodeJS.ErrnoException).code ?? '')) {
    return { kind: 'starved', error: described };
  }
  return { kind: 'retryable', errorClass: 'connect', error: described };
}

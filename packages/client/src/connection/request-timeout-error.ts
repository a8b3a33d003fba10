import type { Retry } from '@boomerang/domain';
import type { Channel } from './channel.js';

/** A request was not answered in time. Others on its connection go on. */
export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';
  readonly code = 'timeout';

  /** What comes of repeating the request: `unsafe` if it may be carried out yet, `safe` if it was not even sent. */
  readonly retry: Retry;

  constructor({ peer, answered }: Pick<Channel, 'peer' | 'answered'>, timeoutMs: number, sent: boolean) {
    const outcome = sent
      ? 'whether the request was carried out is not known: docs/errors.md tells what can be repeated'
      : 'the request was not sent';
    const silence = `; nothing at all has come from there: is it the gateway's port for envelopes over TCP (9973)?`;
    super(`no answer from ${peer} within ${timeoutMs} ms; ${outcome}${answered ? '' : silence}`);
    this.retry = sent ? 'unsafe' : 'safe';
  }
}

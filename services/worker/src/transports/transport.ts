import type { AddressGuard } from '@boomerang/address-guard';
import type { AttemptResult, Callback, ClaimedOccurrence, HeaderSeal } from '@boomerang/domain';
import type { EndpointAddress } from '../endpoints/endpoint-address.js';
import type { OwnCertificate } from './shared/own-certificate.js';
import type { Sign } from './shared/sign.js';

/** Makes attempts over one protocol. */
export interface Transport {
  /** The endpoint that limits attempts of this callback. */
  endpointOf(callback: Callback): EndpointAddress;
  /**
   * Makes one attempt; never rejects. Calls `objection` in the very tick that writes the request: if that answers with a
   * reason, nothing is written and the result is `not_sent`.
   *
   * @param sign absent: the client has no signing secret, and the callback goes unsigned.
   */
  send(
    callback: Callback,
    occurrence: ClaimedOccurrence,
    objection: () => string | undefined,
    sign?: Sign,
  ): Promise<AttemptResult>;
  /** Aborts what is under way and closes all connections. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Decides which addresses may be reached. */
  readonly guard: AddressGuard;
  /** Opens clients' own headers; absent: none can be read. */
  readonly headers?: Pick<HeaderSeal, 'open'>;
  /** From the resolution of the name to a connection that is ready for a request. */
  readonly callbackConnectTimeoutMs: number;
  /** From the call of `send` to the end of the answer. */
  readonly callbackTimeoutMs: number;
  /** A pooled connection that carries nothing for this long is closed. */
  readonly callbackIdleMs: number;
  /** What receivers are shown that ask for a certificate; absent: none. */
  readonly ownCertificate?: OwnCertificate | undefined;
}

/** What one pooled connection made of an attempt. */
export type ConnectionResult =
  | AttemptResult
  /** The receiver had closed the connection, or takes no more calls on it; the attempt may use a fresh connection. */
  | { readonly kind: 'stale_connection' };

/** Limit of an answer's size. A longer one is not read any further. */
export const MOST_ANSWER_BYTES = 65_536;

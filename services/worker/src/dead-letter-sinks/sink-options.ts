import type { AddressGuard } from '@boomerang/address-guard';
import type { SigningKeys } from '../delivery/signing-keys.js';
import type { OwnCertificate } from '../transports/shared/own-certificate.js';
import type { BrokerCredentials } from './broker-credentials.js';

/** Settings of sinks of all kinds. */
export interface SinkOptions {
  readonly guard: AddressGuard;
  readonly credentials: BrokerCredentials;
  /** A request to a webhook is signed with the secrets of the client that the dead letter belongs to. */
  readonly signingKeys: Pick<SigningKeys, 'of'>;
  readonly callbackConnectTimeoutMs: number;
  /** Time for one message, ms, including the time to connect. */
  readonly callbackTimeoutMs: number;
  /** A connection to a webhook that is idle for this long is closed, ms. */
  readonly callbackIdleMs: number;
  /** What webhooks are shown that ask for a certificate; absent: none. */
  readonly ownCertificate?: OwnCertificate | undefined;
}

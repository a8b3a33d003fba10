import type { AddressGuard } from '@boomerang/address-guard';
import type { SigningKeys } from '../delivery/signing-keys.js';
import type { BrokerCredentials } from './broker-credentials.js';

/** What sinks of all kinds are made with. */
export interface SinkOptions {
  readonly guard: AddressGuard;
  readonly credentials: BrokerCredentials;
  /** Those of the client whose dead letter it is sign what goes to a webhook. */
  readonly signingKeys: Pick<SigningKeys, 'of'>;
  readonly callbackConnectTimeoutMs: number;
  /** For one message, a connection that has to be made included. */
  readonly callbackTimeoutMs: number;
  /** A connection to a webhook that carries nothing for this long is closed. */
  readonly callbackIdleMs: number;
}

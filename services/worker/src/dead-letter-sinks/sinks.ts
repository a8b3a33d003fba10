import type { AddressGuard } from '@boomerang/address-guard';
import type { DestinationKind, OutsideDestination } from '@boomerang/domain';
import type { SigningKeys } from '../delivery/signing-keys.js';
import { createAmqpSink } from './amqp.js';
import type { BrokerCredentials } from './broker-credentials.js';
import { createKafkaSink } from './kafka.js';
import { createNatsSink } from './nats.js';
import type { Sink } from './sink.js';
import { createWebhookSink } from './webhook.js';

export interface SinkOptions {
  readonly guard: AddressGuard;
  readonly credentials: BrokerCredentials;
  /** Those of the client whose dead letter it is sign what goes to a webhook. */
  readonly signingKeys: Pick<SigningKeys, 'of'>;
  readonly callbackConnectTimeoutMs: number;
  /** For one message, a connection that has to be made included. */
  readonly callbackTimeoutMs: number;
}

/** Sends to any destination outside. A broker's library is loaded with the first message for it. */
export function createSinks(options: SinkOptions): Sink {
  const sinks = {
    webhook: createWebhookSink(options),
    nats: createNatsSink(options),
    amqp: createAmqpSink(options),
    kafka: createKafkaSink(options),
  } satisfies { readonly [K in DestinationKind]: Sink<Extract<OutsideDestination, { kind: K }>> };
  const sinkOf = (destination: OutsideDestination): Sink => sinks[destination.kind] as Sink;
  return {
    send: (destination, message) => sinkOf(destination).send(destination, message),
    async close() {
      await Promise.all(Object.values(sinks).map((sink) => sink.close()));
    },
  };
}

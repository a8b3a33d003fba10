import type { DestinationKind, OutsideDestination } from '@boomerang/domain';
import { createAmqpSink } from './amqp.js';
import { createKafkaSink } from './kafka.js';
import { createNatsSink } from './nats.js';
import type { Sink } from './sink.js';
import type { SinkOptions } from './sink-options.js';
import { createWebhookSink } from './webhook.js';

/** Sends to any destination outside. A broker's library is loaded when the first message for such a broker is sent. */
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

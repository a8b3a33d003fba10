import { randomUUID } from 'node:crypto';
import { AddressGuard } from '@boomerang/address-guard';
import { BrokerCredentials } from '../src/dead-letter-sinks/broker-credentials.js';
import type { Message } from '../src/dead-letter-sinks/sink.js';
import type { SinkOptions } from '../src/dead-letter-sinks/sink-options.js';

export function aMessage(changes: Partial<Message> = {}): Message {
  const id = `0-${randomUUID()}`;
  const body = Buffer.from(JSON.stringify({ dead_letter_id: id }));
  return { id, clientId: 'shop', taskId: 'task', deadLetteredAtMs: 1_795_305_600_000, body, ...changes };
}

/** With loopback open; `allow` [] closes it. */
export function sinkOptions({
  allow = ['127.0.0.0/8'],
  timeoutMs = 10_000,
  keys = [] as readonly Uint8Array[] | undefined,
} = {}): SinkOptions {
  return {
    guard: new AddressGuard(allow),
    credentials: new BrokerCredentials([]),
    signingKeys: { of: () => Promise.resolve(keys) },
    callbackConnectTimeoutMs: timeoutMs,
    callbackTimeoutMs: timeoutMs,
    callbackIdleMs: timeoutMs,
  };
}

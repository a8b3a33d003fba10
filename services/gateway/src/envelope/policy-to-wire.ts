import type { Callback, DeliveryPolicy } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';

const { Protocol, HttpFormat } = boomerang.CallbackConfig;
const { BackoffStrategy } = boomerang.RetryPolicy;

/** A delivery policy as a handshake would ask for it. */
export function policyToWire({ callback, retry, dlq }: DeliveryPolicy) {
  return {
    callback: callback ? callbackToWire(callback) : null,
    retry: { ...retry, strategy: BackoffStrategy[retry.strategy] },
    dlq: { destination: dlq.destination },
  };
}

function callbackToWire(callback: Callback): boomerang.CallbackConfig.$Properties {
  const { protocol, endpoint } = callback;
  const wire = { protocol: Protocol[protocol], endpoint };
  if (protocol === 'HTTP' && callback.format === 'RAW') {
    return { ...wire, httpFormat: HttpFormat.RAW, rawContentType: callback.rawContentType ?? '' };
  }
  return protocol === 'UDP' ? { ...wire, udpAck: callback.acked ?? false } : wire;
}

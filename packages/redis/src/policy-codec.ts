import { createHash } from 'node:crypto';
import type { Callback, DeliveryPolicy } from '@boomerang/domain';

/** A delivery policy as Redis holds it. */
export interface EncodedPolicy {
  /** 16 bytes: the policy's name. */
  readonly hash: Buffer;
  readonly json: string;
}

const encoded = new WeakMap<DeliveryPolicy, EncodedPolicy>();

export function encodePolicy(policy: DeliveryPolicy): EncodedPolicy {
  const known = encoded.get(policy);
  if (known) return known;
  const { callback, retry, dlq } = policy;
  const json = JSON.stringify({
    callback: callback && encodeCallback(callback),
    retry: {
      maxAttempts: retry.maxAttempts,
      strategy: retry.strategy,
      intervalMs: retry.intervalMs,
      maxIntervalMs: retry.maxIntervalMs,
    },
    dlq: { destination: dlq.destination },
  });
  const hash = createHash('sha256').update(json).digest().subarray(0, 16);
  encoded.set(policy, { hash, json });
  return { hash, json };
}

/** One order of fields, and none for a default, so that equal callbacks have one hash. */
function encodeCallback(callback: Callback) {
  const { protocol, endpoint } = callback;
  if (protocol === 'HTTP' && callback.format === 'RAW') {
    return { protocol, endpoint, format: 'RAW', rawContentType: callback.rawContentType };
  }
  return protocol === 'UDP' && callback.acked ? { protocol, endpoint, acked: true } : { protocol, endpoint };
}

export function decodePolicy(json: string): DeliveryPolicy {
  const { callback, retry, dlq } = JSON.parse(json) as DeliveryPolicy;
  return { callback, retry, dlq };
}

import type { Callback, DeliveryPolicy } from '@boomerang/domain';
import type { Static } from 'typebox';
import type { CallbackJson, PolicyJson } from './schemas.js';

/** A policy as it could be sent. */
export function policyToJson({ callback, retry, dlq }: DeliveryPolicy): Static<typeof PolicyJson> {
  return {
    ...(callback && { callback: callbackToJson(callback) }),
    retry: {
      maxAttempts: retry.maxAttempts,
      strategy: retry.strategy === 'EXPONENTIAL' ? 'exponential' : 'fixed',
      interval: retry.intervalMs,
      maxInterval: retry.maxIntervalMs,
    },
    dlq,
  };
}

function callbackToJson(callback: Callback): Static<typeof CallbackJson> {
  if (callback.protocol === 'HTTP') {
    const { endpoint, format, rawContentType } = callback;
    return {
      url: endpoint,
      format: format === 'RAW' ? 'raw' : 'envelope',
      ...(rawContentType !== undefined && { contentType: rawContentType }),
    };
  }
  const url = urlOf(callback);
  return callback.protocol === 'UDP' && callback.acked ? { url, acked: true } : { url };
}

function urlOf({ protocol, endpoint }: Callback): string {
  return endpoint.includes('://') ? endpoint : `${protocol.toLowerCase()}://${endpoint}`;
}

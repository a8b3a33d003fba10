import type { Callback, DeliveryPolicy, NamedPolicy } from '@boomerang/domain';
import type { Static } from 'typebox';
import type { NamedPolicyJson, ShownCallbackJson, ShownPolicyJson } from './policy-schemas.js';

export function namedPolicyToJson(named: NamedPolicy): Static<typeof NamedPolicyJson> {
  const { name, isDefault, changedAt, policy } = named;
  return { name, default: isDefault, changedAt, ...policyToJson(policy) };
}

/** A policy as it could be sent, but for the values of its headers. */
export function policyToJson({ callback, retry, dlq }: DeliveryPolicy): Static<typeof ShownPolicyJson> {
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

function callbackToJson(callback: Callback): Static<typeof ShownCallbackJson> {
  if (callback.protocol === 'HTTP') {
    const { endpoint, format, rawContentType, method, headers } = callback;
    return {
      url: endpoint,
      format: format === 'RAW' ? 'raw' : 'envelope',
      ...(rawContentType !== undefined && { contentType: rawContentType }),
      ...(method && { method }),
      ...(headers && { headerNames: [...headers.names] }),
    };
  }
  const url = urlOf(callback);
  return callback.protocol === 'UDP' && callback.acked ? { url, acked: true } : { url };
}

function urlOf({ protocol, endpoint }: Callback): string {
  return endpoint.includes('://') ? endpoint : `${protocol.toLowerCase()}://${endpoint}`;
}

import {
  type Callback,
  DEFAULT_DLQ_BUCKET,
  type DeliveryPolicy,
  invalidField,
  quote,
  RETRY_DEFAULTS,
} from '@boomerang/domain';
import type { Static } from 'typebox';
import { durationFromJson } from './duration.js';
import type { CallbackJson, PolicyJson, RetryJson } from './policy-schemas.js';

const ALLOWED_URL = 'a URL that begins with http://, https://, grpc://, grpcs://, tcp:// or udp://';

/** @param contentType of the payload, for a raw callback that tells none. @throws BoomerangError `invalid_request` */
export function policyFromJson(json: Static<typeof PolicyJson>, contentType?: string): DeliveryPolicy {
  return {
    callback: json.callback && callbackFromJson(json.callback, contentType),
    retry: retryFromJson(json.retry ?? {}),
    dlq: { destination: json.dlq?.destination ?? DEFAULT_DLQ_BUCKET },
  };
}

/** A policy of a session, with the content type of the payload where its raw callback tells none. */
export function withContentType(policy: DeliveryPolicy, contentType: string | undefined): DeliveryPolicy {
  const { callback } = policy;
  if (contentType === undefined || callback?.protocol !== 'HTTP') return policy;
  if (callback.format !== 'RAW' || callback.rawContentType !== undefined) return policy;
  return { ...policy, callback: { ...callback, rawContentType: contentType } };
}

function callbackFromJson(
  { url, format, contentType, acked, method, headers }: Static<typeof CallbackJson>,
  payloadType: string | undefined,
): Callback {
  const [, scheme = '', rest = ''] = /^([A-Za-z]+):\/\/(.*)$/s.exec(url) ?? [];
  const kind = scheme.toLowerCase();
  const http = kind === 'http' || kind === 'https';
  const onlyOverHttp = { format, rawContentType: contentType, method, headers };
  const [misplaced] = Object.entries(onlyOverHttp).find(([, value]) => value !== undefined) ?? [];
  if (!http && misplaced !== undefined)
    throw invalidField(`callback.${misplaced}`, 'it is set', 'only with http:// and https://');
  if (kind !== 'udp' && acked !== undefined)
    throw invalidField('callback.acked', 'it is set', 'only with udp://');
  if (http && format === 'envelope') {
    return {
      protocol: 'HTTP',
      endpoint: url,
      format: 'ENVELOPE',
      ...(method && { method }),
      ...(contentType !== undefined && { rawContentType: contentType }),
    };
  }
  if (http) {
    const rawContentType = contentType ?? payloadType;
    return {
      protocol: 'HTTP',
      endpoint: url,
      format: 'RAW',
      ...(method && { method }),
      ...(rawContentType !== undefined && { rawContentType }),
    };
  }
  if (kind === 'grpc') return { protocol: 'GRPC', endpoint: rest };
  if (kind === 'grpcs') return { protocol: 'GRPC', endpoint: url };
  if (kind === 'tcp') return { protocol: 'TCP', endpoint: rest };
  if (kind === 'udp') return { protocol: 'UDP', endpoint: rest, ...(acked && { acked }) };
  throw invalidField('callback.endpoint', `${quote(url)} names no wire`, ALLOWED_URL);
}

function retryFromJson({
  strategy,
  maxAttempts = RETRY_DEFAULTS.maxAttempts,
  ...times
}: Static<typeof RetryJson>): DeliveryPolicy['retry'] {
  const { intervalMs: wait, maxIntervalMs: cap } = RETRY_DEFAULTS;
  const intervalMs = durationFromJson('retry.intervalMs', times.interval ?? wait);
  const maxIntervalMs = durationFromJson(
    'retry.maxIntervalMs',
    times.maxInterval ?? Math.max(cap, intervalMs),
  );
  return {
    maxAttempts,
    strategy: strategy === 'exponential' ? 'EXPONENTIAL' : 'FIXED',
    intervalMs,
    maxIntervalMs,
  };
}

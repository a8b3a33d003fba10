import {
  DEFAULT_DLQ_BUCKET,
  type DeliveryPolicy,
  type HttpCallback,
  invalidField,
  RETRY_DEFAULTS,
} from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';

const { HttpFormat, Protocol } = boomerang.CallbackConfig;
const { BackoffStrategy } = boomerang.RetryPolicy;

/** The delivery policy that a handshake asks for; what is unset takes its default. */
export function policyFromWire({
  callback,
  retry,
  dlq,
}: boomerang.AuthHandshake.$Properties): DeliveryPolicy {
  return {
    callback: callback ? callbackFromWire(callback) : undefined,
    retry: retryFromWire(retry ?? {}),
    dlq: { destination: dlq?.destination || DEFAULT_DLQ_BUCKET },
  };
}

function callbackFromWire(callback: boomerang.CallbackConfig.$Properties): HttpCallback {
  const { endpoint = '', rawContentType } = callback;
  return {
    protocol: protocolFromWire(callback),
    endpoint: endpoint ?? '',
    format: formatFromWire(callback),
    ...(rawContentType ? { rawContentType } : {}),
  };
}

function formatFromWire({ httpFormat }: boomerang.CallbackConfig.$Properties): 'ENVELOPE' | 'RAW' {
  const format = httpFormat ?? HttpFormat.ENVELOPE;
  if (format === HttpFormat.ENVELOPE) return 'ENVELOPE';
  if (format === HttpFormat.RAW) return 'RAW';
  throw invalidField('callback.http_format', `unknown format ${format}`, 'ENVELOPE (0) or RAW (1)');
}

function protocolFromWire(callback: boomerang.CallbackConfig.$Properties): 'HTTP' {
  const protocol = callback.protocol ?? Protocol.TCP;
  if (protocol === Protocol.HTTP) return 'HTTP';
  const name = Protocol[protocol];
  const problem = name ? `${name} callbacks are not served yet` : `unknown protocol ${protocol}`;
  throw invalidField('callback.protocol', problem, 'HTTP (2)');
}

function retryFromWire(retry: boomerang.RetryPolicy.$Properties): DeliveryPolicy['retry'] {
  const code = retry.strategy ?? BackoffStrategy.FIXED;
  const intervalMs = retry.intervalMs || RETRY_DEFAULTS.intervalMs;
  const maxAttempts = retry.maxAttempts || RETRY_DEFAULTS.maxAttempts;
  const defaultCap = Math.max(RETRY_DEFAULTS.maxIntervalMs, intervalMs);
  if (code === BackoffStrategy.FIXED) {
    return { maxAttempts, strategy: 'FIXED', intervalMs, maxIntervalMs: defaultCap };
  }
  if (code === BackoffStrategy.EXPONENTIAL) {
    return {
      maxAttempts,
      strategy: 'EXPONENTIAL',
      intervalMs,
      maxIntervalMs: retry.maxIntervalMs || defaultCap,
    };
  }
  throw invalidField('retry.strategy', `unknown strategy ${code}`, 'FIXED (0) or EXPONENTIAL (1)');
}

import {
  type Callback,
  DEFAULT_DLQ_BUCKET,
  type DeliveryPolicy,
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

function callbackFromWire(callback: boomerang.CallbackConfig.$Properties): Callback {
  const protocol = callback.protocol ?? Protocol.TCP;
  const endpoint = callback.endpoint ?? '';
  const { udpAck, rawContentType } = callback;
  requireFieldsOf(protocol, callback);
  switch (protocol) {
    case Protocol.TCP:
      return { protocol: 'TCP', endpoint };
    case Protocol.GRPC:
      return { protocol: 'GRPC', endpoint };
    case Protocol.HTTP:
      return {
        protocol: 'HTTP',
        endpoint,
        format: formatFromWire(callback),
        ...(rawContentType ? { rawContentType } : {}),
      };
    case Protocol.UDP:
      return { protocol: 'UDP', endpoint, ...(udpAck ? { acked: true } : {}) };
    default: {
      const allowed = 'TCP (0), GRPC (1), HTTP (2) or UDP (3)';
      throw invalidField('callback.protocol', `unknown protocol ${protocol}`, allowed);
    }
  }
}

/** Refuses a setting of one protocol in a callback of another, instead of ignoring it. */
function requireFieldsOf(
  protocol: boomerang.CallbackConfig.Protocol,
  { httpFormat, rawContentType, udpAck }: boomerang.CallbackConfig.$Properties,
): void {
  const given = `given with ${Protocol[protocol] ?? protocol}`;
  if (udpAck && protocol !== Protocol.UDP) throw invalidField('callback.acked', given, 'only with UDP');
  if (protocol === Protocol.HTTP) return;
  if (httpFormat) throw invalidField('callback.format', given, 'only with HTTP');
  if (rawContentType) throw invalidField('callback.rawContentType', given, 'only with HTTP');
}

function formatFromWire({ httpFormat }: boomerang.CallbackConfig.$Properties): 'ENVELOPE' | 'RAW' {
  const format = httpFormat ?? HttpFormat.ENVELOPE;
  if (format === HttpFormat.ENVELOPE) return 'ENVELOPE';
  if (format === HttpFormat.RAW) return 'RAW';
  throw invalidField('callback.format', `unknown format ${format}`, 'ENVELOPE (0) or RAW (1)');
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

import type { Callback } from '@boomerang/domain';
import type { SessionOptions } from '../session/session-options.js';

/** The delivery policy as each registration brings it, of options that were checked. Without a callback there is none. */
export function policyToJson({ callback, retry, dlq }: SessionOptions): object {
  if (callback === undefined) return {};
  const { intervalMs: interval, maxIntervalMs: maxInterval, maxAttempts, strategy } = retry ?? {};
  const words = { maxAttempts, strategy: strategy?.toLowerCase(), interval, maxInterval };
  return { callback: callbackToJson(callback), ...(retry && { retry: words }), dlq };
}

function callbackToJson({ protocol, endpoint, ...rest }: Callback) {
  const bare = protocol === 'HTTP' || /^grpcs:/i.test(endpoint);
  const url = bare ? endpoint : `${protocol.toLowerCase()}://${endpoint}`;
  if (protocol !== 'HTTP') return { url, ...rest };
  const { format = 'ENVELOPE', rawContentType: contentType } = rest as {
    format?: string;
    rawContentType?: string;
  };
  return { url, format: format.toLowerCase(), contentType };
}

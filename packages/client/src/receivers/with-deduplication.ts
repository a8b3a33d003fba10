import { oncePerOccurrence } from './once-per-occurrence.js';
import type { ReceiverOptions } from './receiver-options.js';

/** Options whose handler is called as often as `deduplicate` says. */
export function withDeduplication<V, T extends Pick<ReceiverOptions<V>, 'onCallback' | 'deduplicate'>>(
  options: T,
): T {
  if (!options.deduplicate) return options;
  return { ...options, onCallback: oncePerOccurrence(options.onCallback) };
}

import type { OptionNames } from '../../arguments/check-options.js';
import { checkOneOf } from '../../arguments/check-values.js';
import { checkReceiverOptions, type ReceiverOptions } from '../receiver-options.js';
import { withDeduplication } from '../with-deduplication.js';
import type { HttpVerdict } from './http-answer.js';

/** What callbacks over HTTP are handled with, on a server of one's own. */
export interface HttpHandlerOptions extends Omit<ReceiverOptions<HttpVerdict>, 'port' | 'host'> {
  /** What the sessions ask for. Default `ENVELOPE`. */
  readonly format?: 'ENVELOPE' | 'RAW';
}

const NAMES: OptionNames<HttpHandlerOptions> = {
  secrets: true,
  onCallback: true,
  deduplicate: true,
  format: true,
};
const FORMATS = ['ENVELOPE', 'RAW'] as const;

/** The options as they are used. @throws BoomerangClientError `INVALID_REQUEST`. */
export function checkHttpHandlerOptions(
  options: HttpHandlerOptions,
  names: Readonly<Record<string, true>> = NAMES,
): HttpHandlerOptions {
  checkReceiverOptions(options, names);
  if (options.format !== undefined) checkOneOf('format', options.format, FORMATS);
  return withDeduplication(options);
}

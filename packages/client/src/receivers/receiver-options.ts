import { checkHost, checkPort } from '../arguments/check-address.js';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { checkFlag, checkFunction } from '../arguments/check-values.js';
import { invalidArgument } from '../arguments/invalid-argument.js';
import type { CallbackHandler, CallbackVerdict } from './callback.js';
import { requireSecrets } from './require-secrets.js';

/** What a receiver on any wire is made with. */
export interface ReceiverOptions<V = CallbackVerdict> {
  /** Where to listen, 0 to 65535; 0 is a free one. Default 0. */
  readonly port?: number;
  /** Which of this host's addresses to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /**
   * The client's signing secrets, `whsec_…`. Present: callbacks that none of them signed are answered with an error, over
   * HTTP with 401. Absent: signatures are not looked at.
   */
  readonly secrets?: readonly string[];
  /**
   * Whether the handler is called once for each occurrence that it is done with: further attempts get the same verdict. Of
   * the latest 10,000 occurrences, by this process. Default false.
   */
  readonly deduplicate?: boolean;
  readonly onCallback: CallbackHandler<V>;
}

export const RECEIVER_NAMES: OptionNames<ReceiverOptions> = {
  port: true,
  host: true,
  secrets: true,
  deduplicate: true,
  onCallback: true,
};

/** @throws BoomerangClientError `INVALID_REQUEST`. */
export function checkReceiverOptions<V>(
  options: ReceiverOptions<V>,
  names: Readonly<Record<string, true>> = RECEIVER_NAMES,
): void {
  checkOptions('options', options, names);
  const { port, host, secrets, deduplicate, onCallback } = options;
  if (port !== undefined) checkPort('port', port, 0);
  if (host !== undefined) checkHost('host', host);
  if (secrets !== undefined && requireSecrets(secrets).length === 0) {
    throw invalidArgument(
      'secrets',
      'none of them',
      'at least one signing secret; absent to look at no signature',
    );
  }
  if (deduplicate !== undefined) checkFlag('deduplicate', deduplicate);
  checkFunction('onCallback', onCallback);
}

/** What kind of failure an attempt met. The list is closed; `history-codec.ts` and `record.lua` number it. */
export const ERROR_CLASSES = [
  /** No connection could be made: the name is unknown, the port closed, the TLS handshake failed. */
  'connect',
  /** No answer, or not its end, in time. */
  'timeout',
  /** The connection was lost before the answer's end. */
  'reset',
  /** An answer came that the protocol does not allow. */
  'protocol',
  /** The receiver answered that it failed. */
  'rejected',
  /** Callbacks may not reach the endpoint's address. */
  'address',
  /** It can't be sent at all, such as a payload that does not fit. */
  'unsendable',
  /** The worker disappeared: its lease ended. */
  'lost',
  /** It was not delivered in time. No attempt met this, but the occurrence ended with it. */
  'expired',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

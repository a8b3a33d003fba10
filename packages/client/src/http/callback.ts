import type { IncomingHttpHeaders } from 'node:http';

/** A callback that arrived. */
export interface ReceivedCallback {
  readonly taskId: string;
  readonly clientId: string;
  readonly payload: Uint8Array;
  /** From 1. The same task id and occurrence may arrive more than once; `attempt` tells those apart. */
  readonly occurrence: number;
  /** From 1. */
  readonly attempt: number;
  /** When the occurrence was due at first, Unix epoch ms by the service's clock. */
  readonly scheduledTimeMs: number;
  readonly headers: IncomingHttpHeaders;
  /** When its request began to arrive, Unix epoch ms with fractions, by this host's clock. */
  readonly receivedAtMs: number;
}

/**
 * What a callback is answered with. Nothing or `OK` acknowledges it, an `error` is a failure that the envelope tells,
 * an `httpStatus` is the bare status.
 */
export type CallbackVerdict =
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing acknowledges.
  void | 'OK' | { readonly error: string } | { readonly httpStatus: number };

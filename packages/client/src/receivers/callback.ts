import type { boomerang, WebhookSignature } from '@boomerang/protocol';

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
  /** By how many ms the attempt began later than that, by the service's clock; undefined if the service doesn't say. */
  readonly latenessMs: number | undefined;
  readonly tags: readonly string[];
  /** The key that the task was registered with. */
  readonly idempotencyKey: string | undefined;
  /** The request's headers over HTTP, the call's metadata over gRPC; empty over TCP and UDP. Names in lower case. */
  readonly headers: CallbackHeaders;
  /** The signature over the payload that an envelope or a gRPC call carries; absent where it isn't signed. */
  readonly signature?: WebhookSignature;
  /** When it began to arrive, Unix epoch ms with fractions, by this host's clock. */
  readonly receivedAtMs: number;
}

export type CallbackHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What a callback is answered with, on every wire. */
export type CallbackVerdict =
  /** Done. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing acknowledges.
  | void
  | 'OK'
  /** Failed: again by the retry policy, or after `retryAfterMs` where that is given. */
  | { readonly error: string; readonly retryAfterMs?: number }
  /** Failed for good: to the dead letters at once, with this reason. */
  | { readonly deadLetter: string }
  /** Done, and no further occurrence of the task. */
  | { readonly stop: true };

/** Called for each callback. What it throws is a failure, whose message the service keeps with the attempt. */
export type CallbackHandler<V = CallbackVerdict> = (callback: ReceivedCallback) => V | Promise<V>;

/** A callback as its message tells it. */
export function toReceivedCallback(
  request: boomerang.CallbackRequest.$Properties,
  headers: CallbackHeaders,
  receivedAtMs: number,
): ReceivedCallback {
  const { webhookId: id, webhookTimestamp: timestamp, webhookSignature: signature } = request;
  return {
    taskId: request.taskId ?? '',
    clientId: request.clientId ?? '',
    payload: request.payload ?? new Uint8Array(),
    occurrence: request.occurrence ?? 0,
    attempt: request.attempt ?? 0,
    scheduledTimeMs: request.scheduledTimeMs ?? 0,
    latenessMs: request.latenessMs ?? undefined,
    tags: request.tags ?? [],
    idempotencyKey: request.idempotencyKey || undefined,
    headers,
    ...(id && timestamp && signature && { signature: { id, timestamp, signature } }),
    receivedAtMs,
  };
}

/** Now, Unix epoch ms with fractions. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

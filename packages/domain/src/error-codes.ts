/** What comes of repeating a request that was not carried out. */
export type Retry =
  /** Nothing was changed, and it may succeed after a pause. */
  | 'safe'
  /** It may have been carried out: repeating it may do it twice. */
  | 'unsafe'
  /** It fails again until the caller changes something. */
  | 'useless';

interface ErrorCodeTraits {
  readonly retry: Retry;
  /** Name of the status of a gRPC call. */
  readonly grpc: string;
  /** Status of an HTTP response. */
  readonly http: number;
}

/**
 * What a caller is told about a request that was not carried out. The list is closed, and each door maps it to its own
 * statuses: that of the envelope in `services/gateway/src/envelope/status.ts`, since it has fewer.
 */
export const ERROR_CODES = {
  /** The caller got something wrong; the message says what, where and what is allowed. */
  invalid_request: { retry: 'useless', grpc: 'INVALID_ARGUMENT', http: 400 },
  /** No session id, or a key that is unknown or wrong. */
  unauthorized: { retry: 'useless', grpc: 'UNAUTHENTICATED', http: 401 },
  /** The session id is not known (any more). */
  session_expired: { retry: 'useless', grpc: 'UNAUTHENTICATED', http: 401 },
  /** The key is good, but lacks the permission. */
  forbidden: { retry: 'useless', grpc: 'PERMISSION_DENIED', http: 403 },
  /** The caller has nothing of that name, or not any more. */
  not_found: { retry: 'useless', grpc: 'NOT_FOUND', http: 404 },
  /** The task has ended, so that it can't be changed. */
  already_ended: { retry: 'useless', grpc: 'FAILED_PRECONDITION', http: 409 },
  /** It contradicts what is there, such as a name that is taken. */
  conflict: { retry: 'useless', grpc: 'ALREADY_EXISTS', http: 409 },
  /** An idempotency key came before with another content. */
  key_reused: { retry: 'useless', grpc: 'ALREADY_EXISTS', http: 422 },
  /** There is no room for it at the moment: a limit is reached. */
  exhausted: { retry: 'safe', grpc: 'RESOURCE_EXHAUSTED', http: 429 },
  /** We could not do it. */
  unavailable: { retry: 'safe', grpc: 'UNAVAILABLE', http: 503 },
  /** We lost contact while doing it: it may or may not have happened. Not UNAVAILABLE, which gRPC clients repeat unasked. */
  outcome_unknown: { retry: 'unsafe', grpc: 'DEADLINE_EXCEEDED', http: 504 },
  /** A fault of ours. */
  internal: { retry: 'unsafe', grpc: 'INTERNAL', http: 500 },
} as const satisfies Readonly<Record<string, ErrorCodeTraits>>;

export type ErrorCode = keyof typeof ERROR_CODES;

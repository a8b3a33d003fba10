/** What happens if a failed request is repeated. */
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
  /** The key is valid, but lacks the permission. */
  forbidden: { retry: 'useless', grpc: 'PERMISSION_DENIED', http: 403 },
  /** The caller has nothing with that name or id, or not any more. */
  not_found: { retry: 'useless', grpc: 'NOT_FOUND', http: 404 },
  /** The task has ended, so that it can't be changed. */
  already_ended: { retry: 'useless', grpc: 'FAILED_PRECONDITION', http: 409 },
  /** It contradicts what exists, such as a name that is taken. */
  conflict: { retry: 'useless', grpc: 'ALREADY_EXISTS', http: 409 },
  /** The idempotency key was used before with other content. */
  key_reused: { retry: 'useless', grpc: 'ALREADY_EXISTS', http: 422 },
  /** A limit is reached: there is no room for it at the moment. */
  exhausted: { retry: 'safe', grpc: 'RESOURCE_EXHAUSTED', http: 429 },
  /** It was not done, because the store could not be used. */
  unavailable: { retry: 'safe', grpc: 'UNAVAILABLE', http: 503 },
  /** The store did not answer: it may or may not have happened. Not UNAVAILABLE, which gRPC clients retry by themselves. */
  outcome_unknown: { retry: 'unsafe', grpc: 'DEADLINE_EXCEEDED', http: 504 },
  /** A fault in Boomerang. */
  internal: { retry: 'unsafe', grpc: 'INTERNAL', http: 500 },
} as const satisfies Readonly<Record<string, ErrorCodeTraits>>;

export type ErrorCode = keyof typeof ERROR_CODES;

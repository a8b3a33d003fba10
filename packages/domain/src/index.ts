export {
  AUDIT_ACTIONS,
  type AuditAction,
  type AuditEntry,
  type AuditPage,
  type AuditQuery,
  type AuditReader,
  type AuditStore,
  type ReadAuditEntry,
} from './audit/audit-entry.js';
export { type AuthenticatedKey, type Caller, requirePermission } from './clients/caller.js';
export type * from './clients/client-details.js';
export type { ClientKey } from './clients/client-key.js';
export { CLIENT_KEY_FORM, parseClientKey, validateClientId } from './clients/client-key.js';
export { limitReached } from './clients/limit-reached.js';
export {
  CLIENT_LIMITS,
  type ClientLimits,
  isLimitValue,
  LIMIT_NAMES,
  type LimitName,
} from './clients/limits.js';
export { DEFAULT_PERMISSIONS, PERMISSIONS, type Permission } from './clients/permission.js';
export { MOST_TRUST_MS, type Session } from './clients/session.js';
export { ERROR_CODES, type ErrorCode, type Retry } from './error-codes.js';
export { BoomerangError, invalidField, type ReachedLimit, type Spelling, type Wording } from './errors.js';
export type { EventCursor, StreamPosition } from './events/event-cursor.js';
export {
  compareStreamPositions,
  formatEventCursor,
  parseEventCursor,
  STREAM_START,
} from './events/event-cursor.js';
export { TASK_EVENT_KINDS, type TaskEvent, type TaskEventKind } from './events/task-event.js';
export type { OnDependencyFailure } from './executions/depends-on.js';
export type * from './executions/execution.js';
export { formatExecutionHandle, parseExecutionHandle } from './executions/execution-handle.js';
export {
  EXECUTION_STATES,
  EXECUTION_STATUSES,
  type ExecutionEnd,
  type ExecutionState,
  type ExecutionStatus,
} from './executions/execution-state.js';
export { PRIORITIES, type Priority, priorityNumber } from './executions/priority.js';
export type * from './executions/submission.js';
export { requireTaskType, validateSubmission } from './executions/submission.js';
export { waitingForDaemon } from './executions/waiting-for-daemon.js';
export { waitingForTasks } from './executions/waiting-for-tasks.js';
export { LATEST_TIME_MS } from './latest-time.js';
export type * from './policy/callback.js';
export { DEFAULT_RAW_CONTENT_TYPE, HTTP_METHODS } from './policy/callback.js';
export {
  type CustomHeaders,
  DEFAULT_ALLOWED_HEADERS,
  type HeaderSeal,
  requireCustomHeaders,
} from './policy/custom-headers.js';
export type * from './policy/delivery-policy.js';
export {
  DEFAULT_DLQ_BUCKET,
  MAX_ATTEMPTS,
  MAX_RETRY_INTERVAL_MS,
  RETRY_DEFAULTS,
  validateDeliveryPolicy,
} from './policy/delivery-policy.js';
export type * from './policy/destination.js';
export { describeDestination, parseDestination } from './policy/destination.js';
export type { HostPort } from './policy/endpoint.js';
export { endpointName, hostPortOf, parseHostPort } from './policy/endpoint.js';
export { MOST_POLICIES, type NamedPolicy, requirePolicyName } from './policy/named-policy.js';
export { retryDelayMs } from './policy/retry.js';
export type * from './ports/calendar-store.js';
export type { ClientAdministration } from './ports/client-administration.js';
export type { ClientStore } from './ports/client-store.js';
export type { ServerClock } from './ports/clock.js';
export type * from './ports/dead-letter-store.js';
export type { DefaultPolicyStore } from './ports/default-policy-store.js';
export type * from './ports/dependency-store.js';
export type { EventStore, ReadEvent } from './ports/event-store.js';
export type * from './ports/execution-store.js';
export type * from './ports/forwarding-store.js';
export type { LimitStore } from './ports/limit-store.js';
export type * from './ports/name-store.js';
export type * from './ports/occurrence-store.js';
export type { PolicyStore } from './ports/policy-store.js';
export type { SessionStore } from './ports/session-store.js';
export type { SigningSecrets } from './ports/signing-secrets.js';
export type * from './ports/slice-store.js';
export type * from './ports/stats-store.js';
export type * from './ports/task-store.js';
export type * from './ports/ticket-queue.js';
export { quote } from './quote.js';
export {
  ACTIVITY_COUNTS,
  type Activity,
  type ActivityCount,
  mergeActivity,
  noActivity,
} from './stats/activity.js';
export { ActivityRecorder, MOST_CLIENTS, type RecordedActivity } from './stats/activity-recorder.js';
export { latenessAt } from './stats/lateness-histogram.js';
export type * from './stats/process-summary.js';
export type * from './tasks/attempt.js';
export type * from './tasks/attempt-record.js';
export type * from './tasks/calendar.js';
export { classify } from './tasks/classify.js';
export {
  errorClassOf,
  outcomeNumber,
  outcomeOf,
  taskStateNumber,
  taskStateOf,
} from './tasks/code-numbers.js';
export type { DeadLetter, DeadLetterPosition } from './tasks/dead-letter.js';
export { formatDeadLetterId, parseDeadLetterId } from './tasks/dead-letter.js';
export { ERROR_CLASSES, type ErrorClass } from './tasks/error-class.js';
export { ALLOWED_IDEMPOTENCY_KEY, idempotencyKeyProblem } from './tasks/idempotency-key.js';
export {
  type Expiry,
  MISSED,
  type Missed,
  OVERLAPS,
  type Overlap,
  type Recurrence,
} from './tasks/recurrence.js';
export { validateTag } from './tasks/tags.js';
export type * from './tasks/task.js';
export { MAX_PAYLOAD_BYTES, validateTaskRequest } from './tasks/task.js';
export type { TaskChange } from './tasks/task-change.js';
export { validateTaskChange } from './tasks/task-change.js';
export { createTaskId, MAX_PARTITIONS, partitionOf, TASK_ID_LENGTH } from './tasks/task-id.js';
export type * from './tasks/task-state.js';
export { MAX_DELAY_MS, MIN_REPEAT_INTERVAL_MS } from './tasks/time-bounds.js';
export { isTraceparent } from './tasks/traceparent.js';
export { requireWholeNumber } from './whole-number.js';

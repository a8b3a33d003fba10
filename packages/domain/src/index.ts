export type * from './attempt.js';
export { ERROR_CLASSES } from './attempt.js';
export type * from './callback.js';
export { DEFAULT_RAW_CONTENT_TYPE } from './callback.js';
export { classify } from './classify.js';
export type { ClientKey } from './client-key.js';
export { parseClientKey, validateClientId } from './client-key.js';
export type { DeadLetter, DeadLetterPosition } from './dead-letter.js';
export { formatDeadLetterId, parseDeadLetterId } from './dead-letter.js';
export type * from './delivery-policy.js';
export {
  DEFAULT_DLQ_BUCKET,
  MAX_RETRY_INTERVAL_MS,
  RETRY_DEFAULTS,
  validateDeliveryPolicy,
} from './delivery-policy.js';
export type * from './destination.js';
export { describeDestination, parseDestination } from './destination.js';
export type { HostPort } from './endpoint.js';
export { endpointName, hostPortOf, parseHostPort } from './endpoint.js';
export type { ErrorCode } from './errors.js';
export { BoomerangError, invalidField } from './errors.js';
export type { ClientStore } from './ports/client-store.js';
export type { ServerClock } from './ports/clock.js';
export type * from './ports/dead-letter-store.js';
export type * from './ports/forwarding-store.js';
export type * from './ports/occurrence-store.js';
export type { SessionStore } from './ports/session-store.js';
export type { SigningSecrets } from './ports/signing-secrets.js';
export type * from './ports/slice-store.js';
export type * from './ports/task-store.js';
export type * from './ports/ticket-queue.js';
export { quote } from './quote.js';
export { retryDelayMs } from './retry.js';
export type { Session } from './session.js';
export type * from './task.js';
export { MAX_DELAY_MS, MAX_PAYLOAD_BYTES, MIN_REPEAT_INTERVAL_MS, validateTaskRequest } from './task.js';
export { createTaskId, MAX_PARTITIONS, partitionOf, TASK_ID_LENGTH } from './task-id.js';
export { requireWholeNumber } from './whole-number.js';

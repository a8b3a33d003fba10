import { invalidField } from '../errors.js';
import {
  DEFAULT_DLQ_BUCKET,
  type DeliveryPolicy,
  RETRY_DEFAULTS,
  validateDeliveryPolicy,
} from '../policy/delivery-policy.js';
import { quote } from '../quote.js';
import { MAX_PAYLOAD_BYTES } from '../tasks/task.js';
import type { OnDependencyFailure } from './depends-on.js';
import { type ExecutionSettings, type FirstDueAt, parseMetadata } from './metadata.js';
import type { Priority } from './priority.js';

/** A task to be executed by a daemon, as its client submits it. */
export interface SubmissionRequest {
  /** The client's own name for the task, unique within the client: at most 128 bytes without control characters. '' = none. */
  readonly name: string;
  /** What kind of work it is: 1 to 64 letters, digits, ".", "_" or "-". */
  readonly type: string;
  readonly priority: Priority;
  /** What the engine needs: at most 1 MiB of keys and values together. */
  readonly payload: Readonly<Record<string, string>>;
  /** Settings of the task (see `metadata.ts`), and further texts for the executor. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A valid submission. */
export interface Submission extends SubmissionRequest, ExecutionSettings {
  readonly tags: readonly string[];
  readonly firstDue: FirstDueAt;
  /** The client's own names of the tasks that it waits for, or their ids. */
  readonly dependsOn: readonly string[];
  readonly onDependencyFailure: OnDependencyFailure;
  /** 0 = once. */
  readonly repeatIntervalMs: number;
  /** Its retry and dead letter settings; it has no callback. */
  readonly policy: DeliveryPolicy;
  /** The name of a stored policy, whose retry and dead letter settings hold instead. */
  readonly policyName: string | undefined;
}

const TYPE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const MAX_TASK_NAME_BYTES = 128;
const MAX_METADATA_BYTES = 16_384;

/** @throws BoomerangError `invalid_request` naming the field and what is allowed. */
export function validateSubmission(request: SubmissionRequest): Submission {
  requireTaskName('taskId', request.name);
  requireTaskType('type', request.type);
  requireBytes('payload', request.payload, MAX_PAYLOAD_BYTES);
  // What it waits for has limits of its own.
  const { depends_on: _, ...metadata } = request.metadata;
  requireBytes('metadata', metadata, MAX_METADATA_BYTES);
  const { maxAttempts, retryIntervalMs, ...settings } = parseMetadata(request.metadata);
  if (request.name !== '' && settings.dependsOn.includes(request.name)) {
    throw invalidField('metadata.depends_on', 'it names the task itself', 'other tasks');
  }
  const policy: DeliveryPolicy = {
    callback: undefined,
    retry: {
      maxAttempts,
      strategy: 'FIXED',
      intervalMs: retryIntervalMs,
      maxIntervalMs: RETRY_DEFAULTS.maxIntervalMs,
    },
    dlq: { destination: DEFAULT_DLQ_BUCKET },
  };
  validateDeliveryPolicy(policy);
  return { ...request, ...settings, policy };
}

/** @throws BoomerangError `invalid_request` unless `type` can name a kind of work. */
export function requireTaskType(field: string, type: string): void {
  if (TYPE.test(type)) return;
  const allowed = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';
  throw invalidField(field, type === '' ? 'it is empty' : `${quote(type)} is no type`, allowed);
}

function requireTaskName(field: string, name: string): void {
  if (/\p{Cc}/u.test(name)) {
    throw invalidField(field, 'it has control characters', 'text without them');
  }
  const bytes = utf8Bytes(name);
  if (bytes > MAX_TASK_NAME_BYTES) {
    throw invalidField(field, `${bytes} bytes`, `at most ${MAX_TASK_NAME_BYTES} bytes`);
  }
}

function requireBytes(field: string, values: Readonly<Record<string, string>>, most: number): void {
  let bytes = 0;
  for (const [key, value] of Object.entries(values)) bytes += utf8Bytes(key) + utf8Bytes(value);
  if (bytes > most) throw invalidField(field, `${bytes} bytes of keys and values`, `at most ${most} bytes`);
}

const encoder = new TextEncoder();
const utf8Bytes = (text: string) => encoder.encode(text).length;

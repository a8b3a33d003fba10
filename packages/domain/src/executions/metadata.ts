import { invalidField } from '../errors.js';
import { MAX_ATTEMPTS, MAX_RETRY_INTERVAL_MS, RETRY_DEFAULTS } from '../policy/delivery-policy.js';
import { requirePolicyName } from '../policy/named-policy.js';
import { quote } from '../quote.js';
import { validateTags } from '../tasks/tags.js';
import { MAX_DELAY_MS, MIN_REPEAT_INTERVAL_MS } from '../tasks/time-bounds.js';
import { type OnDependencyFailure, parseDependsOn, parseOnDependencyFailure } from './depends-on.js';

/** How an execution is to be run, taken from a submission's metadata. */
export interface ExecutionSettings {
  /** Lease of a running execution without heartbeat or progress, ms: 1,000 to 86,400,000. */
  readonly leaseMs: number;
  /** Longest run of one execution, ms; 0 = none. */
  readonly timeoutMs: number;
  /** How long after its due time an occurrence may begin, ms; 0 = ever. */
  readonly expiresAfterMs: number;
}

/** When an execution is due first: so many ms from now, or at a Unix epoch ms. */
export type FirstDueAt = { readonly delayMs: number } | { readonly atMs: number };

export const EXECUTION_DEFAULTS = { leaseMs: 30_000, timeoutMs: 0, expiresAfterMs: 0 } as const;
const MIN_LEASE_MS = 1_000;
const DAY_MS = 86_400_000;
/** The last ms that JavaScript's dates know: the year 275760. */
const LAST_MS = 8_640_000_000_000_000;

interface ParsedMetadata extends ExecutionSettings {
  readonly tags: readonly string[];
  /** The client's own names of the tasks that it waits for, or their ids; each once. */
  readonly dependsOn: readonly string[];
  readonly onDependencyFailure: OnDependencyFailure;
  readonly firstDue: FirstDueAt;
  readonly repeatIntervalMs: number;
  readonly maxAttempts: number;
  readonly retryIntervalMs: number;
  /** The name of a stored policy, in the place of the two before. */
  readonly policyName: string | undefined;
}

/**
 * The settings in a submission's metadata. Unknown keys are for the executor and are not checked.
 *
 * | key | unit, range | default |
 * | --- | --- | --- |
 * | `delay_ms` | ms from now, 0 to ten years | 0 |
 * | `at_ms` | Unix epoch ms; what has passed means now; not together with `delay_ms` | |
 * | `repeat_interval_ms` | ms, 0 (once) or 100 to ten years | 0 |
 * | `max_attempts` | 1 to 100 | 5 |
 * | `retry_interval_ms` | ms, 1 to 86,400,000 | 1,000 |
 * | `policy` | name of a stored policy, instead of the two before | none |
 * | `timeout_ms` | ms, 0 (none) to ten years | 0 |
 * | `lease_ms` | ms, 1,000 to 86,400,000 | 30,000 |
 * | `expires_after_ms` | ms after its due time, 0 (none) to ten years | 0 |
 * | `depends_on` | at most 1,000 names of tasks, separated by commas or as a JSON array | none |
 * | `on_dependency_failure` | `cancel` or `run` | `cancel` |
 * | `tags` | at most 8, separated by commas, each 1 to 64 characters | none |
 *
 * @throws BoomerangError `invalid_request` naming the key and what is allowed.
 */
export function parseMetadata(metadata: Readonly<Record<string, string>>): ParsedMetadata {
  const number = (key: string, min: number, max: number, otherwise: number) =>
    wholeNumber(key, metadata[key], min, max) ?? otherwise;
  return {
    policyName: policyNameOf(metadata),
    tags: tagsOf(metadata.tags),
    dependsOn: parseDependsOn(metadata.depends_on),
    onDependencyFailure: parseOnDependencyFailure(metadata.on_dependency_failure),
    firstDue: firstDueOf(metadata),
    repeatIntervalMs: repeatIntervalOf(metadata.repeat_interval_ms),
    maxAttempts: number('max_attempts', 1, MAX_ATTEMPTS, RETRY_DEFAULTS.maxAttempts),
    retryIntervalMs: number('retry_interval_ms', 1, MAX_RETRY_INTERVAL_MS, RETRY_DEFAULTS.intervalMs),
    timeoutMs: number('timeout_ms', 0, MAX_DELAY_MS, EXECUTION_DEFAULTS.timeoutMs),
    leaseMs: number('lease_ms', MIN_LEASE_MS, DAY_MS, EXECUTION_DEFAULTS.leaseMs),
    expiresAfterMs: number('expires_after_ms', 0, MAX_DELAY_MS, EXECUTION_DEFAULTS.expiresAfterMs),
  };
}

function firstDueOf({ delay_ms, at_ms }: Readonly<Record<string, string>>): FirstDueAt {
  const atMs = wholeNumber('at_ms', at_ms, 0, LAST_MS);
  const delayMs = wholeNumber('delay_ms', delay_ms, 0, MAX_DELAY_MS);
  if (atMs === undefined) return { delayMs: delayMs ?? 0 };
  if (delayMs !== undefined) {
    throw invalidField('metadata.at_ms', 'metadata.delay_ms is given as well', 'one of the two');
  }
  return { atMs };
}

function repeatIntervalOf(text: string | undefined): number {
  const ms = wholeNumber('repeat_interval_ms', text, 0, MAX_DELAY_MS) ?? 0;
  if (ms === 0 || ms >= MIN_REPEAT_INTERVAL_MS) return ms;
  const allowed = `0 (once) or a whole number from ${MIN_REPEAT_INTERVAL_MS} to ${MAX_DELAY_MS}`;
  throw invalidField('metadata.repeat_interval_ms', `${ms} is out of range`, allowed);
}

/** Undefined when it is not given. */
function wholeNumber(key: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw invalidField(
    `metadata.${key}`,
    `${quote(text)} is out of range`,
    `a whole number from ${min} to ${max}`,
  );
}

function policyNameOf({
  policy,
  max_attempts,
  retry_interval_ms,
}: Readonly<Record<string, string>>): string | undefined {
  if (policy === undefined) return undefined;
  requirePolicyName('metadata.policy', policy);
  if ((max_attempts ?? retry_interval_ms) === undefined) return policy;
  const problem = 'metadata.max_attempts or metadata.retry_interval_ms is given as well';
  throw invalidField('metadata.policy', problem, 'a name alone');
}

/** Tags are separated by commas, with or without blanks. */
function tagsOf(text: string | undefined): readonly string[] {
  const tags = text?.split(',').map((tag) => tag.trim()) ?? [];
  validateTags('metadata.tags', tags);
  return tags;
}

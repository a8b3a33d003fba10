import {
  type Caller,
  type DeliveryPolicy,
  invalidField,
  type RegisteredTask,
  type TaskRequest,
} from '@boomerang/domain';
import type { Static } from 'typebox';
import { calendarOf } from '../../../envelope/tasks-on-wire.js';
import type { PoliciesOfRequest } from '../../../operations/policies/policies.js';
import { ownPolicy, requireNameAlone } from '../policy-of-request.js';
import { durationFromJson } from './duration.js';
import { endsFromJson } from './ends-json.js';
import { payloadFromJson } from './payload-from-json.js';
import { withContentType } from './policy-from-json.js';
import { requireSchema } from './require-schema.js';
import { TaskRequestJson } from './schemas.js';
import { timeToJson } from './task-to-json.js';
import { timeFromJson } from './time-from-json.js';

type TaskRequestOf = Static<typeof TaskRequestJson>;

const requireTask = requireSchema(TaskRequestJson);

/** Where policies come from, and where those that come with a task are checked. */
export interface PolicySources {
  /** A policy that came with the task, checked as that of a handshake. */
  readonly requireReachable: (policy: DeliveryPolicy) => Promise<void>;
  readonly policies: PoliciesOfRequest;
}

export interface Registration {
  readonly request: TaskRequest;
  readonly policy: DeliveryPolicy;
}

/**
 * A task and the policy that it has, as JSON asks for them. Rejects with a BoomerangError.
 */
export async function registrationFromJson(
  sources: PolicySources,
  caller: Caller,
  { body, raw }: { readonly body: unknown; readonly raw: string },
): Promise<Registration> {
  const json = requireTask(body);
  const { bytes, contentType } = payloadFromJson(json, raw);
  const policy = await policyOf(sources, caller, json, contentType);
  return { request: taskFromJson(json, bytes), policy };
}

export function registeredToJson({ taskId, scheduledTimeMs }: RegisteredTask) {
  return { id: taskId, dueAt: timeToJson(scheduledTimeMs), state: 'scheduled' };
}

/** Without a repeat the default is now; a repeated task comes first after its interval. */
function taskFromJson(
  { delay, at, repeatInterval, cron, timeZone, ...json }: TaskRequestOf,
  payload: Uint8Array,
): TaskRequest {
  const repeatIntervalMs = durationFromJson('repeatIntervalMs', repeatInterval ?? 0);
  return {
    payload,
    delayMs: durationFromJson('delayMs', delay ?? ((cron ?? at) === undefined ? repeatIntervalMs : 0)),
    atMs: at === undefined ? undefined : timeFromJson('atMs', at),
    repeatIntervalMs,
    calendar: calendarOf(cron ?? '', timeZone ?? ''),
    tags: json.tags,
    ...endsFromJson(json),
    ownPolicy: json.callback !== undefined,
    policyName: json.policy,
    traceparent: json.traceparent,
  };
}

/** What comes with the registration, or is named in it, holds for it alone; then that of the session, and the default. */
async function policyOf(
  { requireReachable, policies }: PolicySources,
  caller: Caller,
  { callback, retry, dlq, policy: name }: TaskRequestOf,
  contentType: string | undefined,
): Promise<DeliveryPolicy> {
  const { clientId } = caller;
  const own = { ...(callback && { callback }), ...(retry && { retry }), ...(dlq && { dlq }) };
  if (name !== undefined) {
    requireNameAlone(own);
    const policy = await policies.named(clientId, name);
    if (!policy.callback) throw invalidField('policy', 'it has no callback', 'one that has');
    return withContentType(policy, contentType);
  }
  if (callback) {
    const policy = await ownPolicy(policies, clientId, own, contentType);
    await requireReachable(policy);
    return policy;
  }
  if (retry ?? dlq)
    throw invalidField(retry ? 'retry' : 'dlq', 'it is set', (spell) => `only with ${spell('callback')}`);
  const policy = caller.policy ?? (await policies.default(clientId));
  if (policy?.callback) return withContentType(policy, contentType);
  throw invalidField(
    'callback',
    'it is missing',
    'an object with a url; the name of a policy, or a default policy; or the id of a session that has a callback as Bearer',
  );
}

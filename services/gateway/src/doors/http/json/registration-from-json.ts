import {
  type Caller,
  type DeliveryPolicy,
  invalidField,
  type RegisteredTask,
  type TaskRequest,
} from '@boomerang/domain';
import type { Static } from 'typebox';
import { calendarOf } from '../../../envelope/tasks-on-wire.js';
import { durationFromJson } from './duration.js';
import { endsFromJson } from './ends-json.js';
import { payloadFromJson } from './payload-from-json.js';
import { policyFromJson, withContentType } from './policy-from-json.js';
import { requireSchema } from './require-schema.js';
import { TaskRequestJson } from './schemas.js';
import { timeToJson } from './task-to-json.js';
import { timeFromJson } from './time-from-json.js';

type TaskRequestOf = Static<typeof TaskRequestJson>;

const requireTask = requireSchema(TaskRequestJson);

export interface Registration {
  readonly request: TaskRequest;
  readonly policy: DeliveryPolicy;
}

/**
 * A task and the policy that it has, as JSON asks for them. Rejects with a BoomerangError.
 *
 * @param requireReachable a policy that came with the task, checked as that of a handshake.
 */
export async function registrationFromJson(
  requireReachable: (policy: DeliveryPolicy) => Promise<void>,
  caller: Caller,
  { body, raw }: { readonly body: unknown; readonly raw: string },
): Promise<Registration> {
  const json = requireTask(body);
  const { bytes, contentType } = payloadFromJson(json, raw);
  const policy = policyOf(caller, json, contentType);
  if (json.callback) await requireReachable(policy);
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
  };
}

/** What comes with the registration holds for it alone; otherwise the policy is that of the session. */
function policyOf(
  caller: Caller,
  { callback, retry, dlq }: TaskRequestOf,
  contentType: string | undefined,
): DeliveryPolicy {
  if (callback)
    return policyFromJson({ callback, ...(retry && { retry }), ...(dlq && { dlq }) }, contentType);
  if (retry ?? dlq)
    throw invalidField(retry ? 'retry' : 'dlq', 'it is set', (spell) => `only with ${spell('callback')}`);
  if (!caller.policy?.callback) {
    throw invalidField(
      'callback',
      'it is missing',
      'an object with a url; or the id of a session that has a callback as Bearer',
    );
  }
  return withContentType(caller.policy, contentType);
}

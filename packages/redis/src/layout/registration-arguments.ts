import type { NewTask } from '@boomerang/domain';
import type { ScriptArgument } from '../engine/scripts.js';
import { CALENDAR_INTERVAL_MS, CALENDAR_PART, encodeCalendarPart } from './calendar-codec.js';
import type { EncodedPolicy } from './policy-codec.js';
import { encodeParts, idempotencyKeyPart, type Part, tagsPart, tracePart } from './record-parts.js';
import { expiryPart, recurrencePart } from './recurrence-codec.js';

interface Registration extends NewTask {
  readonly clientId: string;
  readonly policy: EncodedPolicy;
}

/** What `register.lua` and `register-named.lua` are told of a task. */
export function registrationArguments(taskId: string, registration: Registration): ScriptArgument[] {
  const { clientId, policy, payload, delayMs, calendar } = registration;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const atMs = calendar?.timesMs[0] ?? registration.atMs ?? 0;
  const intervalMs = calendar ? CALENDAR_INTERVAL_MS : registration.repeatIntervalMs;
  return [taskId, delayMs, atMs, intervalMs, clientId, policy.hash, partsOf(registration), bytes];
}

function partsOf({ calendar, tags, idempotencyKey, expiry, recurrence, traceparent }: Registration): Buffer {
  const recurs: Part[] = calendar ? [[CALENDAR_PART, encodeCalendarPart(calendar)]] : [];
  const ends = [...expiryPart(expiry), ...recurrencePart(recurrence)];
  const told = [...idempotencyKeyPart(idempotencyKey), ...tracePart(traceparent)];
  const parts = [...recurs, ...ends, ...tagsPart(tags), ...told];
  return parts.length > 0 ? encodeParts(parts) : NO_PARTS;
}

const NO_PARTS = Buffer.alloc(0);

import type { DeadLetter } from '@boomerang/domain';
import type { Static } from 'typebox';
import type { RefusedDeadLetter } from '../../../operations/dead-letters/refused-dead-letter.js';
import type { ReplayedDeadLetter } from '../../../operations/dead-letters/replay-dead-letters.js';
import { fieldInJson } from '../field-in-json.js';
import type { DeadLetterJson, ReplayedJson } from './dead-letter-schemas.js';
import { payloadToJson } from './payload-from-json.js';
import { policyToJson } from './policy-to-json.js';
import { attemptToJson, timeToJson } from './task-to-json.js';

export function deadLetterToJson(letter: DeadLetter): Static<typeof DeadLetterJson> {
  const { occurrence, policy, payload, replayOf } = letter;
  return {
    id: letter.id,
    taskId: letter.taskId,
    occurrence,
    attempts: letter.attempts,
    dueAt: timeToJson(letter.scheduledTimeMs),
    deadLetteredAt: timeToJson(letter.deadLetteredAtMs),
    errorClass: letter.errorClass,
    history: letter.history.map(({ errorClass, ...failure }) =>
      attemptToJson({ ...failure, occurrence, outcome: errorClass }),
    ),
    ...policyToJson(policy),
    ...(replayOf !== undefined && { replayOf }),
    payloadBytes: letter.payloadBytes,
    ...(payload.length > 0 && payloadToJson(payload)),
  };
}

export function replayedToJson(replayed: ReplayedDeadLetter): Static<typeof ReplayedJson> {
  const { deadLetterId, taskId, scheduledTimeMs, replayedBefore } = replayed;
  return { id: deadLetterId, taskId, dueAt: timeToJson(scheduledTimeMs), replayedBefore };
}

export function refusedToJson({ deadLetterId, error }: RefusedDeadLetter) {
  return { id: deadLetterId, code: error.code, detail: error.messageIn(fieldInJson) };
}

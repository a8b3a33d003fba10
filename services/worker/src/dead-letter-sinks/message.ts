import type { DeadLetter } from '@boomerang/domain';
import type { Message } from './sink.js';

/** The JSON whose fields docs/dead-letters.md lists. */
export function messageOf(letter: DeadLetter): Message {
  const { id, clientId, taskId, policy, deadLetteredAtMs } = letter;
  const body = JSON.stringify({
    dead_letter_id: id,
    task_id: taskId,
    occurrence: letter.occurrence,
    client_id: clientId,
    scheduled_time_ms: letter.scheduledTimeMs,
    dead_lettered_at_ms: deadLetteredAtMs,
    callback: policy.callback && { protocol: policy.callback.protocol, endpoint: policy.callback.endpoint },
    attempt_count: letter.attempts,
    attempts: letter.history.map(({ attempt, atMs, durationMs, errorClass, error }) => ({
      attempt,
      ended_at_ms: atMs,
      duration_ms: durationMs,
      error_class: errorClass,
      error,
    })),
    payload_base64: Buffer.from(letter.payload).toString('base64'),
  });
  return { id, clientId, taskId, deadLetteredAtMs, body: Buffer.from(body) };
}

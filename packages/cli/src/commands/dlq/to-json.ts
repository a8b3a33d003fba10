import type { DeadLetterInfo } from '@boomerang/client';
import { formatTime } from '../../print.js';

/** A dead letter as one JSON object. Times are texts. The payload, if there is one, is base64. */
export function toJson({ payload, history, scheduledTimeMs, deadLetteredAtMs, ...rest }: DeadLetterInfo) {
  return {
    ...rest,
    scheduledTime: formatTime(scheduledTimeMs),
    deadLetteredAt: formatTime(deadLetteredAtMs),
    history: history.map(({ atMs, ...failure }) => ({ ...failure, at: formatTime(atMs) })),
    ...(payload.length > 0 ? { payloadBase64: Buffer.from(payload).toString('base64') } : {}),
  };
}

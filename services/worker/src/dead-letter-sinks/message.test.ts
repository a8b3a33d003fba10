import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { anOccurrence } from '../../test-support/an-occurrence.js';
import { messageOf } from './message.js';

test('a message is what docs/dead-letters.md shows', () => {
  const page = readFileSync(new URL('../../../../docs/dead-letters.md', import.meta.url), 'utf8');
  const documented = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  const { policy, taskId } = anOccurrence();
  const message = messageOf({
    id: '3-1795465123456-0',
    taskId,
    clientId: 'shop',
    occurrence: 1,
    attempts: 2,
    scheduledTimeMs: 1_795_465_120_000,
    deadLetteredAtMs: 1_795_465_123_456,
    errorClass: 'connect',
    replayOf: undefined,
    payloadBytes: 12,
    payload: Buffer.from('{"order":17}'),
    policy: { ...policy, callback: { protocol: 'HTTP', endpoint: 'https://shop.example/hook' } },
    history: [
      {
        attempt: 1,
        atMs: 1_795_465_120_012,
        durationMs: 11,
        errorClass: 'rejected',
        error: 'HTTP status 500',
      },
      { attempt: 2, atMs: 1_795_465_123_455, durationMs: 9, errorClass: 'connect', error: 'ECONNREFUSED' },
    ],
  });
  expect(message).toMatchObject({ id: documented.dead_letter_id, clientId: 'shop', taskId });
  expect(JSON.parse(message.body.toString())).toEqual({ ...documented, task_id: taskId });
});

import {
  ActivityRecorder,
  type AttemptResult,
  type ClaimedOccurrence,
  type Settlement,
} from '@boomerang/domain';
import { createMetrics } from '@boomerang/runtime';
import { expect, test } from 'vitest';
import { anOccurrence } from '../../test-support/an-occurrence.js';
import { EndpointLimits } from '../endpoints/endpoint-limits.js';
import { createWorkerMetrics } from '../metrics.js';
import type { Sign } from '../transports/shared/sign.js';
import { createDeliver } from './deliver.js';
import { DueTimer } from './due-timer.js';
import { SigningKeys } from './signing-keys.js';

const NOW = 1_795_305_600_000;

/** What is sent for an occurrence, and how it is settled. */
async function delivered(
  keys: () => Promise<readonly Uint8Array[]>,
  occurrence: ClaimedOccurrence,
  result: AttemptResult = { kind: 'delivered' },
) {
  const sent: (Sign | undefined)[] = [];
  const logged: string[] = [];
  const clock = { now: () => NOW };
  const settlement = new Promise<Settlement>((resolve) => {
    const deliver = createDeliver({
      clocks: [clock],
      timers: [new DueTimer(clock)],
      endpoints: new EndpointLimits({
        workerSlots: 100,
        endpointSlots: 4,
        freeSlots: () => 100,
        onBreaker: () => undefined,
      }),
      signingKeys: new SigningKeys({ keysOf: keys }, { signingKeysUnknown: () => undefined }),
      transport: {
        endpointOf: () => ({ origin: 'anywhere', path: '' }),
        send: async (_callback, _occurrence, objection, sign): Promise<AttemptResult> => {
          const error = objection();
          if (error !== undefined) return { kind: 'not_sent', error };
          sent.push(sign);
          return result;
        },
        close: async () => undefined,
      },
      metrics: createWorkerMetrics(createMetrics({ service: 'worker' }), 10, new ActivityRecorder()),
      log: { starved: (error) => logged.push(error) },
      settle: (_occurrence, result) => resolve(result),
    });
    deliver(occurrence);
  });
  return { settlement: await settlement, sent, logged };
}

test('what may have to be signed and can not be is not sent, and comes back with its attempt uncounted', async () => {
  const { settlement, sent } = await delivered(() => Promise.reject(new Error('gone')), anOccurrence());
  expect(settlement).toEqual({ kind: 'give_back', dueMs: NOW + 5_000, reason: 'unsignable' });
  expect(sent).toEqual([]);
});

test('a client without secrets is called back unsigned', async () => {
  const { settlement, sent } = await delivered(async () => [], anOccurrence());
  expect(settlement).toMatchObject({ kind: 'delivered' });
  expect(sent).toEqual([undefined]);
});

test('all attempts of an occurrence have one id, each its own time', async () => {
  const signedAs = async (attempt: number) => {
    const occurrence = anOccurrence({ attempt, occurrence: 4 });
    const { sent } = await delivered(async () => [Buffer.alloc(32)], occurrence);
    return sent[0]?.(Buffer.from('x'));
  };
  const first = await signedAs(1);
  expect(first).toMatchObject({ id: `${anOccurrence().taskId}:4`, timestamp: NOW / 1_000 });
  expect(await signedAs(2)).toEqual(first);
});

test('what the worker had no socket for comes back with its attempt uncounted, and the log tells', async () => {
  const starved: AttemptResult = { kind: 'starved', error: 'connect EMFILE' };
  const { settlement, logged } = await delivered(async () => [], anOccurrence(), starved);
  expect(settlement).toEqual({ kind: 'give_back', dueMs: NOW + 1_000, reason: 'not_sent' });
  expect(logged).toEqual(['connect EMFILE']);
});

test('a policy without a callback ends the occurrence', async () => {
  const policy = { ...anOccurrence().policy, callback: undefined };
  const { settlement, sent } = await delivered(async () => [], anOccurrence({ policy }));
  expect(settlement).toMatchObject({ kind: 'dead_letter', failure: { errorClass: 'unsendable' } });
  expect(sent).toEqual([]);
});

test('what has expired since its claim is not sent, and goes back to a claim, which ends it', async () => {
  const inTime = await delivered(async () => [], anOccurrence({ expiresAtMs: NOW }));
  expect(inTime.settlement).toMatchObject({ kind: 'delivered' });
  const { settlement, sent } = await delivered(async () => [], anOccurrence({ expiresAtMs: NOW - 1 }));
  expect(settlement).toEqual({ kind: 'give_back', dueMs: NOW + 50, reason: 'not_sent' });
  expect(sent).toEqual([]);
});

test('an attempt tells how late it begins', async () => {
  const occurrence = anOccurrence({ scheduledTimeMs: NOW - 1_234, dueMs: NOW });
  await delivered(async () => [], occurrence);
  expect(occurrence.latenessMs).toBe(1_234);
});

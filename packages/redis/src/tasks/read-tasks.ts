import { endpointName, partitionOf, type TaskDetails, type WaitingFor } from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { calendarOf } from '../layout/calendar-codec.js';
import { deadLetterIdOf } from '../layout/dead-letter-codec.js';
import { decodeAttempts, decodeLatestAttempts } from '../layout/history-codec.js';
import { decodePolicy } from '../layout/policy-codec.js';
import { decodeParts, originOf, tagsOf } from '../layout/record-parts.js';
import { expiryOf, recurrenceOf } from '../layout/recurrence-codec.js';
import { taskState } from '../layout/task-state-codes.js';
import type { PartitionKeys } from '../partitions/keys.js';

type Standing =
  | []
  | [
      state: number,
      dueMs: number,
      intervalMs: number,
      occurrence: number,
      payload: Buffer,
      attempts: Buffer,
      reason: number,
      untilMs: number,
      policy: Buffer,
      parts: Buffer,
    ];

export interface ReadTasksOptions {
  /** Payloads stay below this; a single one may exceed it. */
  readonly mostBytes: number;
  readonly withAttempts: boolean;
}

/**
 * Tasks of one partition as their client may see them, in the order of `ids`, undefined for those that it has not. May be
 * shorter than `ids` once the payloads exceed `mostBytes`, but never empty unless `ids` is.
 */
export async function readTasks(
  run: RunScript,
  keys: PartitionKeys,
  clientId: string,
  ids: readonly string[],
  { mostBytes, withAttempts }: ReadTasksOptions,
): Promise<(TaskDetails | undefined)[]> {
  const args = [clientId, mostBytes, Number(withAttempts), ...ids];
  const reply = (await run('read-tasks', keys, args)) as Standing[];
  return reply.map((standing, i) => {
    if (standing.length === 0) return undefined;
    const [state, dueMs, intervalMs, occurrence, payload, attempts, reason, untilMs, policy, packed] =
      standing;
    const parts = decodeParts(packed);
    const calendar = calendarOf(parts);
    return {
      taskId: ids[i] as string,
      clientId,
      state: taskState(state),
      dueMs,
      repeatIntervalMs: calendar ? 0 : intervalMs,
      calendar,
      occurrence,
      payload,
      attempts: intervalMs > 0 ? decodeLatestAttempts(attempts) : decodeAttempts(attempts),
      waitingFor: waitingFor(reason, untilMs, policy),
      replayOf: deadLetterIdOf(partitionOf(ids[i] as string) as number, originOf(parts)),
      tags: tagsOf(parts),
      expiry: expiryOf(parts),
      recurrence: recurrenceOf(parts),
    };
  });
}

const REASONS = new Map([
  [1, 'endpoint_busy'],
  [2, 'breaker_open'],
] as const);
const WAITS_FOR_TURN = 255;
const PAUSED = 254;

function waitingFor(code: number, untilMs: number, policy: Buffer): WaitingFor | undefined {
  if (code === WAITS_FOR_TURN) return { reason: 'turn' };
  if (code === PAUSED) return { reason: 'paused', sinceMs: untilMs };
  const reason = REASONS.get(code as 1 | 2);
  if (!reason) return undefined;
  const { callback } = decodePolicy(policy.toString());
  return { reason, endpoint: callback ? endpointName(callback) : '', untilMs };
}

import { randomUUID } from 'node:crypto';
import {
  type ClaimedOccurrence,
  type ClaimReply,
  type FirstDue,
  type GiveBackReason,
  type OccurrenceStore,
  type Settlement,
  TASK_ID_LENGTH,
} from '@boomerang/domain';
import type { Engine } from '../engine/engine.js';
import { type EngineSettings, NOTICE_MS } from '../engine/engine-settings.js';
import type { ScriptArgument } from '../engine/scripts.js';
import { handedOnMessage } from '../engine/wake-listener.js';
import { decodeDueTime, type UnreadableOccurrence } from '../layout/claim-reply-codec.js';
import { encodeEntry } from '../layout/history-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { PartitionClaims } from './partition-claims.js';

/** What this release can't read is left to a newer one, which may claim it after this, ms. */
const UNREADABLE_AGAIN_MS = 1_000;

export interface OccurrenceStoreOptions extends EngineSettings {
  /** How long a claim or a renewal lasts, ms. */
  readonly leaseMs: number;
}

export type Unreadable = (taskId: string, error: Error) => void;

/**
 * Every claim and renewal gives its partition's clock a reading.
 *
 * @param onUnreadable hears of an occurrence that was claimed, could not be decoded, and was given back.
 */
export function createOccurrenceStore(
  { connection, run, partitions, clocks, wakeListener }: Engine,
  { sliceMs, retentionMs, leaseMs }: OccurrenceStoreOptions,
  onUnreadable: Unreadable,
): OccurrenceStore {
  const keysOf = (partition: number) => partitions[partition] as PartitionKeys;
  const firstArguments = [sliceMs, NOTICE_MS, retentionMs];
  const claims = partitions.map(
    (keys, partition) =>
      new PartitionClaims({ run, keys, clock: clocks[partition], partition, firstArguments, leaseMs }),
  );

  async function settle(partition: number, requests: readonly SettledParts[]): Promise<boolean[]> {
    const args: ScriptArgument[] = [...firstArguments];
    for (const { occurrence, settlement } of requests) {
      args.push(
        occurrence.member,
        occurrence.token,
        settlement.kind,
        ...outcomeArguments(occurrence, settlement),
      );
    }
    return ((await run('settle', keysOf(partition), args)) as number[]).map(Boolean);
  }

  /** If that fails, their leases run out. */
  async function leaveToNewer(
    partition: number,
    unreadable: readonly UnreadableOccurrence[],
    nowMs: number,
  ): Promise<void> {
    for (const { member, error } of unreadable) onUnreadable(member.slice(0, TASK_ID_LENGTH), error);
    const dueMs = Math.ceil(nowMs + UNREADABLE_AGAIN_MS);
    const settlement = { kind: 'give_back', dueMs, reason: 'unreadable' } as const;
    const requests = unreadable.map((occurrence) => ({ occurrence, settlement }));
    await settle(partition, requests).catch(() => undefined);
  }

  return {
    async claim(partition, limit, aheadMs, atMost = new Map()): Promise<ClaimReply> {
      const own = claims[partition] as PartitionClaims;
      const { unreadable, ...reply } = await own.claim(limit, aheadMs, atMost);
      if (unreadable.length > 0) await leaveToNewer(partition, unreadable, reply.nowMs);
      return reply;
    },

    settle,

    async renew(partition, occurrences) {
      const sentAt = performance.now();
      const names = occurrences.flatMap(({ member, token }) => [member, token]);
      const reply = (await run('renew', keysOf(partition), [leaseMs, ...names])) as number[];
      const [seconds, microseconds, ...kept] = reply as [number, number, ...number[]];
      clocks[partition]?.observe(seconds, microseconds, sentAt);
      occurrences.forEach((occurrence, i) => {
        if (kept[i]) occurrence.leaseEndsAt = sentAt + leaseMs;
      });
      return kept.map(Boolean);
    },

    async firstDue(partition): Promise<FirstDue> {
      const sentAt = performance.now();
      const reply = (await run('first-due', keysOf(partition), [])) as [number, number, Buffer, number];
      const [seconds, microseconds, first, lastClaimMs] = reply;
      clocks[partition]?.observe(seconds, microseconds, sentAt);
      return { nowMs: seconds * 1_000 + microseconds / 1_000, firstDueMs: decodeDueTime(first), lastClaimMs };
    },

    async handOn(ticket) {
      const again = { ...ticket, generation: `again-${randomUUID()}` };
      await connection.publish(keysOf(ticket.partition).wakeChannel, handedOnMessage(again));
    },

    onWake: (listener) => wakeListener.onDue(listener),
    onCancelled: (listener) => wakeListener.onCancelled(listener),
  };
}

interface SettledParts {
  readonly occurrence: Pick<ClaimedOccurrence, 'member' | 'token' | 'attempt'>;
  readonly settlement: Settlement;
}

/** Why an occurrence was given back, as its state carries it. */
const REASONS: Readonly<Record<GiveBackReason, number>> = {
  not_sent: 0,
  unsignable: 0,
  unreadable: 0,
  endpoint_busy: 1,
  breaker_open: 2,
};

function outcomeArguments(
  { attempt }: Pick<ClaimedOccurrence, 'attempt'>,
  settlement: Settlement,
): [dueMs: number, entry: Buffer] {
  switch (settlement.kind) {
    case 'give_back':
      return [settlement.dueMs, Buffer.of(REASONS[settlement.reason])];
    case 'retry':
    case 'dead_letter': {
      const { errorClass, ...failure } = settlement.failure;
      return ['dueMs' in settlement ? settlement.dueMs : 0, encodeEntry({ ...failure, outcome: errorClass })];
    }
    default: {
      const { kind, atMs, durationMs } = settlement;
      return [0, encodeEntry({ attempt, atMs, durationMs, outcome: kind, error: '' })];
    }
  }
}

import { randomBytes, randomUUID } from 'node:crypto';
import {
  type ClaimedOccurrence,
  type ClaimReply,
  type DeliveryPolicy,
  type FirstDue,
  type GiveBackReason,
  type OccurrenceStore,
  type Settlement,
  TASK_ID_LENGTH,
} from '@boomerang/domain';
import { fromRedisError } from '../connection/redis-error.js';
import type { Engine } from '../engine/engine.js';
import { type EngineSettings, NOTICE_MS } from '../engine/engine-settings.js';
import type { ScriptArgument } from '../engine/scripts.js';
import { handedOnMessage } from '../engine/wake-listener.js';
import { encodeEntry } from '../layout/history-codec.js';
import { decodeOccurrence } from '../layout/occurrence-codec.js';
import { TOKEN_BYTES } from '../layout/occurrence-state-codec.js';
import { decodeWholePolicy } from '../layout/policy-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** A claim's payloads stay below this; a single one may exceed it. */
const MOST_CLAIMED_BYTES = 8 * 1_048_576;
/** Lua can unpack some thousands of values. */
const MOST_CLAIMED = 256;
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
  /** By partition: tokens of claims whose replies were lost, until nothing is found any more that they had claimed. */
  const unansweredTokens: Buffer[][] = partitions.map(() => []);
  const wakeArguments = [sliceMs, NOTICE_MS];

  async function claimOrReclaim(
    partition: number,
    args: readonly ScriptArgument[],
    except: readonly string[],
    unanswered: readonly Buffer[],
  ): Promise<ClaimScriptReply> {
    const keys = keysOf(partition);
    const reply =
      unanswered.length > 0
        ? run('reclaim', keys, [...args, ...unanswered])
        : run('claim', keys, [...wakeArguments, ...args, ...except]);
    return (await reply) as ClaimScriptReply;
  }

  async function settle(partition: number, requests: readonly SettledParts[]): Promise<boolean[]> {
    const args: ScriptArgument[] = [...wakeArguments, retentionMs];
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
    async claim(partition, limit, aheadMs, except = []): Promise<ClaimReply> {
      const sentAt = performance.now();
      const token = randomBytes(12);
      const args = [Math.min(limit, MOST_CLAIMED), aheadMs, leaseMs, token, MOST_CLAIMED_BYTES];
      const unanswered = unansweredTokens[partition] as Buffer[];
      const claimed = await claimOrReclaim(partition, args, except, unanswered).catch((error: unknown) => {
        if (fromRedisError(error).code === 'outcome_unknown') unanswered.push(token);
        throw error;
      });
      clocks[partition]?.observe(claimed[0], claimed[1], sentAt);
      const { unreadable, ...reply } = parseClaim(claimed, partition, sentAt + leaseMs);
      if (reply.claimed.length + unreadable.length === 0) unanswered.length = 0;
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
      return { nowMs: seconds * 1_000 + microseconds / 1_000, firstDueMs: dueOrNever(first), lastClaimMs };
    },

    async handOn(ticket) {
      const again = { ...ticket, generation: `again-${randomUUID()}` };
      await connection.publish(keysOf(ticket.partition).wakeChannel, handedOnMessage(again));
    },

    onWake: (listener) => wakeListener.onDue(listener),
    onCancelled: (listener) => wakeListener.onCancelled(listener),
  };
}

type ClaimScriptReply = [
  seconds: number,
  microseconds: number,
  next: Buffer,
  policies: number,
  ...(Buffer | number)[],
];

interface UnreadableOccurrence extends Pick<ClaimedOccurrence, 'member' | 'token' | 'attempt'> {
  readonly error: Error;
}

interface SettledParts {
  readonly occurrence: Pick<ClaimedOccurrence, 'member' | 'token' | 'attempt'>;
  readonly settlement: Settlement;
}

function parseClaim(
  reply: ClaimScriptReply,
  partition: number,
  leaseEndsAt: number,
): ClaimReply & { readonly unreadable: readonly UnreadableOccurrence[] } {
  const [seconds, microseconds, next, policyCount, ...rest] = reply;
  const policies = new Map<string, Buffer>();
  for (let i = 0; i < policyCount * 2; i += 2) {
    policies.set((rest[i] as Buffer).toString('hex'), rest[i + 1] as Buffer);
  }
  const policyOf = (hash: Buffer) => policyFrom(policies.get(hash.toString('hex')) as Buffer);
  const claimed: ClaimedOccurrence[] = [];
  const unreadable: UnreadableOccurrence[] = [];
  for (let i = policyCount * 2; i < rest.length; i += 4) {
    const [member, due, record, state] = rest.slice(i, i + 4) as [Buffer, Buffer | number, Buffer, Buffer];
    try {
      claimed.push(decodeOccurrence({ member, due, record, state }, partition, leaseEndsAt, policyOf));
    } catch (error) {
      const token = state.subarray(0, TOKEN_BYTES);
      unreadable.push({ member: member.toString('latin1'), token, attempt: 0, error: error as Error });
    }
  }
  return {
    claimed,
    unreadable,
    nowMs: seconds * 1_000 + microseconds / 1_000,
    nextDueMs: dueOrNever(next),
  };
}

function dueOrNever(score: Buffer): number {
  return score.length === 0 ? Number.POSITIVE_INFINITY : Number(score.toString('latin1'));
}

const decodedPolicies = new Map<string, DeliveryPolicy>();
const MOST_DECODED = 10_000;

/** One object per policy, so that what belongs to a policy can be kept by identity. */
function policyFrom(json: Buffer): DeliveryPolicy {
  const text = json.toString('utf8');
  const known = decodedPolicies.get(text);
  if (known) return known;
  if (decodedPolicies.size >= MOST_DECODED) decodedPolicies.clear();
  const policy = decodeWholePolicy(text);
  decodedPolicies.set(text, policy);
  return policy;
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

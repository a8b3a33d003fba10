import type { ClaimedOccurrence, ClaimReply, DeliveryPolicy } from '@boomerang/domain';
import { decodeOccurrence } from './occurrence-codec.js';
import { TOKEN_BYTES } from './occurrence-state-codec.js';
import { decodeWholePolicy } from './policy-codec.js';

/** What the scripts that claim reply, as `scripts/lib/claims/claim-reply.lua` says. */
export type ClaimScriptReply = [
  seconds: number,
  microseconds: number,
  next: Buffer,
  expired: number,
  expiredDeadLetters: number,
  missed: number,
  overlapping: number,
  policies: number,
  ...(Buffer | number)[],
];

/** An occurrence that was claimed and can't be decoded. */
export interface UnreadableOccurrence extends Pick<ClaimedOccurrence, 'member' | 'token' | 'attempt'> {
  readonly error: Error;
}

export interface DecodedClaim extends ClaimReply {
  readonly unreadable: readonly UnreadableOccurrence[];
}

export function decodeClaim(reply: ClaimScriptReply, partition: number, leaseEndsAt: number): DecodedClaim {
  const [seconds, microseconds, next, expired, expiredDeadLetters, missed, overlapping, ...others] = reply;
  const [policyCount, ...rest] = others;
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
    nextDueMs: decodeDueTime(next),
    passedOver: { expired, expiredDeadLetters, missed, overlapping },
  };
}

/** A score of the due index; Infinity for none. */
export function decodeDueTime(score: Buffer): number {
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

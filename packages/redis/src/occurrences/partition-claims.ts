import { randomBytes } from 'node:crypto';
import type { PassedOver } from '@boomerang/domain';
import { fromRedisError } from '../connection/redis-error.js';
import type { RunScript, ScriptArgument, ScriptName } from '../engine/scripts.js';
import type { ObservedClock } from '../engine/server-clock.js';
import { type ClaimScriptReply, type DecodedClaim, decodeClaim } from '../layout/claim-reply-codec.js';
import { TOKEN_BYTES } from '../layout/occurrence-state-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** A claim's payloads stay below this; a single one may exceed it. */
const MOST_CLAIMED_BYTES = 8 * 1_048_576;
/** Lua can unpack some thousands of values. */
const MOST_CLAIMED = 256;

export interface ClaimDependencies {
  readonly run: RunScript;
  readonly keys: PartitionKeys;
  readonly clock: ObservedClock | undefined;
  readonly partition: number;
  /** What scripts get first that arm occurrences and end tasks. */
  readonly firstArguments: readonly ScriptArgument[];
  readonly leaseMs: number;
}

/**
 * One store's claims of a partition. After a claim whose reply was lost it asks first for what that one had claimed; and
 * as long as replies say that clients take turns, it claims by turns.
 */
export class PartitionClaims {
  /** Tokens of claims whose replies were lost, until nothing is found any more that they had claimed. */
  #unanswered: Buffer[] = [];
  #byTurns = false;

  constructor(private readonly deps: ClaimDependencies) {}

  async claim(limit: number, aheadMs: number, atMost: ReadonlyMap<string, number>): Promise<DecodedClaim> {
    if (this.#unanswered.length > 0) return this.#reclaim(limit, aheadMs);
    const { firstArguments } = this.deps;
    const byTurns = () => this.#run('claim-by-turns', limit, aheadMs, firstArguments, [...atMost].flat());
    if (this.#byTurns || atMost.size > 0) return byTurns();
    const reply = await this.#run('claim', limit, aheadMs, firstArguments);
    const othersTakeTurns = this.#byTurns && reply.claimed.length + reply.unreadable.length === 0;
    if (!othersTakeTurns) return reply;
    const again = await byTurns();
    return { ...again, passedOver: sum(reply.passedOver, again.passedOver) };
  }

  async #reclaim(limit: number, aheadMs: number): Promise<DecodedClaim> {
    const reply = await this.#run('reclaim', limit, aheadMs, [], this.#unanswered);
    if (reply.claimed.length + reply.unreadable.length === 0) this.#unanswered = [];
    return reply;
  }

  async #run(
    script: ScriptName,
    limit: number,
    aheadMs: number,
    first: readonly ScriptArgument[],
    last: readonly ScriptArgument[] = [],
  ): Promise<DecodedClaim> {
    const { run, keys, clock, partition, leaseMs } = this.deps;
    const sentAt = performance.now();
    const token = randomBytes(TOKEN_BYTES);
    const own = [Math.min(limit, MOST_CLAIMED), aheadMs, leaseMs, token, MOST_CLAIMED_BYTES];
    const reply = await run(script, keys, [...first, ...own, ...last]).catch((error: unknown) => {
      if (fromRedisError(error).code === 'outcome_unknown') this.#unanswered.push(token);
      throw error;
    });
    const [seconds, microseconds] = reply as ClaimScriptReply;
    clock?.observe(seconds, microseconds, sentAt);
    const decoded = decodeClaim(reply as ClaimScriptReply, partition, sentAt + leaseMs);
    this.#byTurns = decoded.nextDueMs === 0;
    return decoded;
  }
}

function sum(a: PassedOver, b: PassedOver): PassedOver {
  return {
    expired: a.expired + b.expired,
    expiredDeadLetters: a.expiredDeadLetters + b.expiredDeadLetters,
    missed: a.missed + b.missed,
    overlapping: a.overlapping + b.overlapping,
  };
}

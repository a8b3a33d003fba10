import { BoomerangError } from '@boomerang/domain';
import type { RunScript, ScriptArgument } from '../engine/scripts.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { checkAfterMs, REGISTER_WITHIN_MS } from './name-fate.js';

/** A name that is to be reserved. */
export interface ReservationRequest {
  /** The name's text. */
  readonly name: string;
  readonly fingerprint: Buffer;
  /** The task that it stands for, unless it is reserved already. */
  readonly taskId: string;
  /** How long the name is kept after the end of its task, ms. */
  readonly lifetimeMs: number;
}

export interface ReservedTask {
  /** The task that the name stands for. */
  readonly taskId: string;
  /** Until when it may be registered, Unix epoch ms. */
  readonly registerByMs: number;
  /** Whether the name was free before. */
  readonly isNew: boolean;
}

/** Reserves names in their home partition; what became of each, in their order. */
export async function reserveNames(
  run: RunScript,
  home: PartitionKeys,
  requests: readonly ReservationRequest[],
): Promise<(ReservedTask | BoomerangError)[]> {
  const args: ScriptArgument[] = [REGISTER_WITHIN_MS];
  for (const { name, fingerprint, taskId, lifetimeMs } of requests) {
    args.push(name, fingerprint, taskId, lifetimeMs, checkAfterMs(lifetimeMs, 0));
  }
  const reply = (await run('reserve-names', home, args)) as ([] | [Buffer, number, number])[];
  return reply.map(([taskId, registerByMs = 0, isNew]) => {
    return taskId ? { taskId: String(taskId), registerByMs, isNew: isNew === 1 } : keyReused();
  });
}

const FIELD = 'idempotencyKey';

function keyReused(): BoomerangError {
  const problem = 'it came before with another payload, delay or interval; take another key for another task';
  return new BoomerangError('key_reused', (spell) => `${spell(FIELD)}: ${problem}`, { field: FIELD });
}

import { createTaskId, type NewTask, type RegisteredTask } from '@boomerang/domain';
import { fromRedisError } from '../connection/redis-error.js';
import { type EngineSettings, NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument } from '../engine/scripts.js';
import { type EncodedPolicy, policyArguments } from '../layout/policy-codec.js';
import { registrationArguments } from '../layout/registration-arguments.js';
import type { PartitionKeys } from '../partitions/keys.js';

/** A task on its way to Redis. */
export interface PendingRegistration extends NewTask {
  readonly clientId: string;
  readonly policy: EncodedPolicy;
  readonly resolve: (task: RegisteredTask) => void;
  readonly reject: (error: Error) => void;
}

/** Writes a batch of tasks to one partition in one script and tells each caller what became of its task. */
export async function writeBatch(
  run: RunScript,
  settings: EngineSettings,
  partition: number,
  keys: PartitionKeys,
  batch: readonly PendingRegistration[],
): Promise<void> {
  const now = Date.now();
  const ids = batch.map(() => createTaskId(partition, now));
  try {
    const dues = (await run('register', keys, scriptArguments(settings, batch, ids))) as number[];
    batch.forEach((pending, i) => {
      pending.resolve({ taskId: ids[i] as string, scheduledTimeMs: dues[i] as number });
    });
  } catch (error) {
    const reason = fromRedisError(error);
    for (const pending of batch) pending.reject(reason);
  }
}

function scriptArguments(
  settings: EngineSettings,
  batch: readonly PendingRegistration[],
  ids: readonly string[],
): ScriptArgument[] {
  const policies = policyArguments(batch.map(({ policy }) => policy));
  const args: ScriptArgument[] = [settings.sliceMs, NOTICE_MS, ...policies];
  batch.forEach((pending, i) => {
    args.push(...registrationArguments(ids[i] as string, pending));
  });
  return args;
}

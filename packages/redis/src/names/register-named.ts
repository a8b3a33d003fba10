import { BoomerangError, type RegisteredTask } from '@boomerang/domain';
import { type EngineSettings, NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument } from '../engine/scripts.js';
import { policyArguments } from '../layout/policy-codec.js';
import { registrationArguments } from '../layout/registration-arguments.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PendingRegistration } from '../tasks/registration-batch.js';
import type { ReservedTask } from './reserve-names.js';

export interface ReservedRegistration {
  readonly pending: PendingRegistration;
  readonly reserved: ReservedTask;
}

export interface NamedTask extends RegisteredTask {
  /** Whether it was registered now. */
  readonly isNew: boolean;
}

/** Registers tasks of one partition whose names are reserved; what became of each, in their order. */
export async function registerNamed(
  run: RunScript,
  { sliceMs }: EngineSettings,
  keys: PartitionKeys,
  registrations: readonly ReservedRegistration[],
): Promise<(NamedTask | BoomerangError)[]> {
  const args: ScriptArgument[] = [
    sliceMs,
    NOTICE_MS,
    ...policyArguments(registrations.map(({ pending }) => pending.policy)),
  ];
  for (const { pending, reserved } of registrations) {
    args.push(reserved.registerByMs, ...registrationArguments(reserved.taskId, pending));
  }
  const reply = (await run('register-named', keys, args)) as ([] | [number, number])[];
  return reply.map(([scheduledTimeMs, isNew], i) => {
    if (scheduledTimeMs === undefined) return tooLate();
    const { taskId } = (registrations[i] as ReservedRegistration).reserved;
    return { taskId, scheduledTimeMs, isNew: isNew === 1 };
  });
}

function tooLate(): BoomerangError {
  return new BoomerangError(
    'unavailable',
    'the registration took minutes and was given up; nothing was registered',
  );
}

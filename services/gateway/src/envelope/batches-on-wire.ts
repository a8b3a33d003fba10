import { BoomerangError, type RegisteredTask } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { Outcome } from '../operations/batch.js';
import type { BatchItem } from '../operations/tasks/register-tasks.js';
import { errorToWire } from './status.js';
import { taskFromWire } from './tasks-on-wire.js';

export function batchFromWire({
  tasks,
}: boomerang.BatchRegistrationRequest.$Properties): Outcome<BatchItem>[] {
  return (tasks ?? []).map((task) => {
    try {
      return { request: taskFromWire(task) };
    } catch (error) {
      return BoomerangError.from(error);
    }
  });
}

export function batchToWire(
  outcomes: readonly Outcome<RegisteredTask>[],
): boomerang.BatchRegistrationResponse.$Properties {
  return {
    results: outcomes.map((outcome) => (outcome instanceof BoomerangError ? errorToWire(outcome) : outcome)),
  };
}

import type { Environment } from '@boomerang/runtime';
import { printFields } from '../../print-rows.js';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { openRemote } from '../../remote/remote.js';

/** Cancels tasks, one after the other; stops at the first that can't be. Cancelling one again is no error. */
export async function cancelTasks(
  env: Environment,
  ids: readonly string[],
  options: RemoteOptions,
): Promise<void> {
  const remote = openRemote(env, options);
  for (const id of ids) {
    const path = `/v1/tasks/${encodeURIComponent(id)}`;
    const { attemptUnderWay } = await remote.ask<{ attemptUnderWay: boolean }>({ method: 'DELETE', path });
    const under = attemptUnderWay ? 'an attempt is under way, and may still arrive' : undefined;
    printFields(
      { id, attemptUnderWay },
      [
        ['cancelled', id],
        ['but', under],
      ],
      options,
    );
  }
}

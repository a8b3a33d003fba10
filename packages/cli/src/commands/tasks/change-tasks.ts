import type { Environment } from '@boomerang/runtime';
import { printFields } from '../../print-rows.js';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { openRemote } from '../../remote/remote.js';
import { inOptions } from './in-options.js';
import { payloadOf } from './payload-of.js';

interface Changed {
  readonly occurrence: number;
  readonly dueAt: string;
  readonly attemptUnderWay?: boolean;
}

const DONE = { pause: 'paused', resume: 'resumed', fire: 'fired' } as const;

/** Pauses, resumes or fires tasks, one after the other; stops at the first that can't be. */
export async function changeTasks(
  env: Environment,
  change: keyof typeof DONE,
  ids: readonly string[],
  options: RemoteOptions,
): Promise<void> {
  const remote = openRemote(env, options);
  for (const id of ids) {
    const path = `/v1/tasks/${encodeURIComponent(id)}/${change}`;
    printChanged(DONE[change], id, await remote.ask<Changed>({ method: 'POST', path }), options);
  }
}

export interface RescheduleOptions extends RemoteOptions {
  readonly in?: string;
  readonly at?: string;
  readonly every?: string;
  readonly newPhase?: boolean;
  readonly file?: string;
}

/** Changes when a task is due next, its interval and its payload, each if it is given. */
export async function rescheduleTask(
  env: Environment,
  id: string,
  payload: string | undefined,
  options: RescheduleOptions,
): Promise<void> {
  const { in: delay, at, every, newPhase, file } = options;
  const remote = openRemote(env, options);
  const body = { delay, at, repeatInterval: every, newPhase, ...(await payloadOf(payload, file)) };
  const path = `/v1/tasks/${encodeURIComponent(id)}`;
  const changed = await remote.ask<Changed>({ method: 'PATCH', path, body }).catch(inOptions);
  printChanged('rescheduled', id, changed, options);
}

function printChanged(done: string, id: string, changed: Changed, options: RemoteOptions): void {
  const under = changed.attemptUnderWay ? 'an attempt is under way, and may still arrive' : undefined;
  printFields(
    { id, ...changed },
    [
      [done, id],
      ['occurrence', String(changed.occurrence)],
      ['due', changed.dueAt],
      ['but', done === 'paused' ? under : undefined],
    ],
    options,
  );
}

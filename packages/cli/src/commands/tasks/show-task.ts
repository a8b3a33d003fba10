import type { Environment } from '@boomerang/runtime';
import { printFields } from '../../print-rows.js';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { openRemote } from '../../remote/remote.js';
import { type Attempt, recurrenceOf, type Task, waitingOf } from './task.js';

/** Prints a task with its latest attempts. */
export async function showTask(env: Environment, id: string, options: RemoteOptions): Promise<void> {
  const path = `/v1/tasks/${encodeURIComponent(id)}`;
  const task = await openRemote(env, options).ask<Task>({ method: 'GET', path });
  const attempts = task.attempts.map((attempt) => ['attempt', describe(attempt)] as const);
  printFields(
    task,
    [
      ['id', task.id],
      ['state', task.state],
      ['due', task.dueAt],
      ['repeats', recurrenceOf(task)],
      ['occurrence', String(task.occurrence)],
      ['waits for', waitingOf(task)],
      ['replay of', task.replayOf],
      ['payload', task.text ?? (task.base64 === undefined ? undefined : `base64 ${task.base64}`)],
      ...attempts,
    ],
    options,
  );
}

function describe({ occurrence, attempt, at, durationMs, outcome, error }: Attempt): string {
  const what = error === '' ? outcome : `${outcome}: ${error}`;
  return `${at} occurrence ${occurrence}, attempt ${attempt}, ${Math.round(durationMs)} ms: ${what}`;
}

import { BoomerangError, partitionOf } from '@boomerang/domain';
import { NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument, ScriptName } from '../engine/scripts.js';
import { inChunks } from '../partitions/in-chunks.js';
import { inShares } from '../partitions/in-shares.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { Outcome } from '../partitions/without-errors.js';

/** A task that waits for others. */
export interface WaitingTask {
  readonly taskId: string;
  readonly clientId: string;
  /** Ids of those that it waits for. */
  readonly others: readonly string[];
  /** Whether what is not there by now won't come any more. */
  readonly isLate: boolean;
}

/** A task that waits, and another one that it waits for, by the number of the state in which that ended. */
export interface EndedDependency {
  readonly taskId: string;
  readonly other: string;
  readonly state: number;
}

/** Replies of `link-dependants`. */
const ENTERED = 0;
export const NOT_FOUND = -1;
/** In the place of a state: how it ended is not known, so it counts as not completed. */
const GONE = 0;
/** What one script goes through. */
const MOST_PAIRS = 1_000;
/** How often a waiting task is checked: a release that knows nothing of it may have ended one that it waits for, ms. */
const CHECK_EVERY_MS = 300_000;
/** The same of a task of which not everything could be found out, ms. */
const CHECK_AGAIN_MS = 10_000;

/** Lets waiting tasks and those that they wait for know of each other, in whatever partitions they are. */
export class DependencyLinker {
  /** @param find undefined for a partition that this process does not know yet. */
  constructor(
    private readonly run: RunScript,
    private readonly find: (partition: number) => Promise<PartitionKeys | undefined>,
    private readonly sliceMs: number,
  ) {}

  /**
   * Enters waiting tasks at those that they wait for, and tells them of those that have ended. Never rejects: what could not
   * be done is done when the tasks are checked the next time.
   */
  async link(waiting: readonly WaitingTask[]): Promise<void> {
    const pairs = waiting.flatMap((task) => task.others.map((other) => ({ task, other })));
    const replies = await this.#byPartition(
      'link-dependants',
      pairs,
      ({ other }) => other,
      ({ task, other }) => [task.clientId, other, task.taskId],
    );
    const unsure = new Set<WaitingTask>();
    const ended: (EndedDependency & { task: WaitingTask })[] = [];
    replies.forEach((reply, i) => {
      const { task, other } = pairs[i] as (typeof pairs)[number];
      const isGone = reply === NOT_FOUND && task.isLate;
      if (reply === ENTERED) return;
      if (isGone || (typeof reply === 'number' && reply > ENTERED))
        ended.push({ task, taskId: task.taskId, other, state: isGone ? GONE : reply });
      else unsure.add(task);
    });
    const told = await this.settle(ended);
    told.forEach((isTold, i) => {
      if (isTold !== true) unsure.add((ended[i] as (typeof ended)[number]).task);
    });
    await this.#noteChecked(
      CHECK_EVERY_MS,
      waiting.filter((task) => !unsure.has(task)),
    );
    await this.#noteChecked(CHECK_AGAIN_MS, [...unsure]);
  }

  /** Whether each task was told; false: only a newer release can read it. */
  async settle(ended: readonly EndedDependency[]): Promise<Outcome<boolean>[]> {
    const replies = await this.#byPartition(
      'settle-dependencies',
      ended,
      ({ taskId }) => taskId,
      ({ taskId, other, state }) => [taskId, other, state],
      [this.sliceMs, NOTICE_MS],
    );
    return replies.map((reply) => (reply instanceof BoomerangError ? reply : reply === 1));
  }

  /** What `link-dependants` says of tasks, without entering anything. */
  lookUp(clientId: string, taskIds: readonly string[]): Promise<Outcome<number>[]> {
    return this.#byPartition(
      'link-dependants',
      taskIds,
      (taskId) => taskId,
      (taskId) => [clientId, taskId, ''],
    );
  }

  async #noteChecked(againMs: number, tasks: readonly WaitingTask[]): Promise<void> {
    await this.#byPartition(
      'note-checked',
      tasks,
      ({ taskId }) => taskId,
      ({ taskId }) => [taskId],
      [againMs],
    );
  }

  /** Runs a script, which replies a number for each item, in the partitions that the items are in. */
  #byPartition<T>(
    script: ScriptName,
    items: readonly T[],
    taskOf: (item: T) => string,
    argumentsOf: (item: T) => ScriptArgument[],
    before: readonly ScriptArgument[] = [],
  ): Promise<Outcome<number>[]> {
    return inShares(
      items,
      (item) => partitionOf(taskOf(item)) ?? -1,
      async (partition, share) => {
        const keys = await this.find(partition);
        if (!keys) return share.map(() => NOT_FOUND);
        return inChunks(share, MOST_PAIRS, async (chunk) => {
          const reply = await this.run(script, keys, [...before, ...chunk.flatMap(argumentsOf)]);
          return reply as number[];
        });
      },
    );
  }
}

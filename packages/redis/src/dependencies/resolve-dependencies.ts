import { BoomerangError, invalidField, quote, type Submission } from '@boomerang/domain';
import type { RunScript } from '../engine/scripts.js';
import { findExecutions } from '../executions/find-executions.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { type Outcome, withoutErrors } from '../partitions/without-errors.js';
import { type DependencyLinker, NOT_FOUND } from './dependency-linker.js';

/** What a submission waits for, by the name that it gives it: a task that exists, or another submission of the same batch. */
export type Dependency =
  | { readonly name: string; readonly taskId: string }
  | { readonly name: string; readonly place: number };

const FIELD = 'metadata.depends_on';
const ALLOWED = 'tasks of yours that exist already, or stand earlier in the same batch';
const RECURS = -3;

/**
 * What submissions wait for; an error for those that can't.
 *
 * @param refusedNames names of further submissions of the batch, which are not taken.
 */
export async function resolveDependencies(
  run: RunScript,
  map: PartitionMap,
  linker: DependencyLinker,
  clientId: string,
  submissions: readonly Submission[],
  refusedNames: ReadonlySet<string>,
): Promise<Outcome<readonly Dependency[]>[]> {
  const places = new Map(submissions.map(({ name }, place) => [name, place]));
  const stands = (name: string, before: number) => (places.get(name) ?? before) < before;
  const elsewhere = new Set(
    submissions.flatMap(({ dependsOn }, place) => dependsOn.filter((name) => !stands(name, place))),
  );
  const known = await lookUp(run, map, linker, clientId, [...elsewhere]);
  const resolved: Outcome<readonly Dependency[]>[] = [];
  submissions.forEach(({ dependsOn }, place) => {
    const dependencies = dependsOn.map((name): Outcome<Dependency> => {
      if (refusedNames.has(name)) return refused(name, 'stands in the same batch, and is refused');
      if (!stands(name, place)) return known.get(name) as Outcome<Dependency>;
      const earlier = places.get(name) as number;
      if (resolved[earlier] instanceof BoomerangError)
        return refused(name, 'stands in the same batch, and is refused');
      if (submissions[earlier]?.repeatIntervalMs !== 0) return refused(name, 'recurs, so it never completes');
      return { name, place: earlier };
    });
    const error = dependencies.find((one) => one instanceof BoomerangError);
    resolved[place] = error instanceof BoomerangError ? error : (dependencies as Dependency[]);
  });
  return resolved;
}

/** Tasks that exist, by the names that were given for them. */
async function lookUp(
  run: RunScript,
  map: PartitionMap,
  linker: DependencyLinker,
  clientId: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Outcome<Dependency>>> {
  const found = await findExecutions(run, map, clientId, names);
  const tasks = await withoutErrors(found, async (ids, places) => {
    const replies = await linker.lookUp(clientId, ids);
    return replies.map((reply, i) =>
      dependencyOf(names[places[i] as number] as string, ids[i] as string, reply),
    );
  });
  return new Map(names.map((name, i) => [name, tasks[i] as Outcome<Dependency>]));
}

function dependencyOf(name: string, taskId: string, reply: Outcome<number>): Outcome<Dependency> {
  if (reply instanceof BoomerangError) return reply;
  if (reply >= 0) return { name, taskId };
  if (reply === RECURS) return refused(name, 'recurs, so it never completes');
  if (reply === NOT_FOUND) return refused(name, 'is no such task');
  return new BoomerangError(
    'unavailable',
    `task ${quote(name)} was written by a newer release than this one`,
  );
}

export function refused(name: string, problem: string): BoomerangError {
  return invalidField(FIELD, `${quote(name)} ${problem}`, ALLOWED);
}

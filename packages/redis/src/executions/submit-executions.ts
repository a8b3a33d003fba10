import {
  BoomerangError,
  createTaskId,
  partitionOf,
  type Submission,
  type SubmittedTask,
} from '@boomerang/domain';
import { DependencyLinker } from '../dependencies/dependency-linker.js';
import { type Dependency, refused, resolveDependencies } from '../dependencies/resolve-dependencies.js';
import { NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument } from '../engine/scripts.js';
import { EXECUTION_PART, encodeExecutionContent, encodeExecutionPart } from '../layout/execution-codec.js';
import { encodePolicy, policyArguments } from '../layout/policy-codec.js';
import { dependenciesPart, encodeParts, tagsPart } from '../layout/record-parts.js';
import { expiryPart } from '../layout/recurrence-codec.js';
import type { NamedSettings } from '../names/named-registrar.js';
import { type ReservedTask, reserveNames } from '../names/reserve-names.js';
import { inShares } from '../partitions/in-shares.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { takeTurns } from '../partitions/take-turns.js';
import { type Outcome, withoutErrors } from '../partitions/without-errors.js';
import { executionName } from './find-executions.js';
import { submissionFingerprint } from './submission-fingerprint.js';

interface PlacedSubmission {
  readonly submission: Submission;
  readonly taskId: string;
  /** Unix ms until which it may be registered; '' = it has no name. */
  readonly registerByMs: number | '';
}
interface BoundSubmission extends PlacedSubmission {
  /** What it waits for. */
  readonly others: readonly { readonly taskId: string; readonly name: string }[];
}

/** Registers tasks: first names are reserved for them, then they are written, with one script in each partition. */
export class ExecutionSubmitter {
  readonly #nextPartition: () => number;
  readonly #linker: DependencyLinker;

  constructor(
    private readonly run: RunScript,
    private readonly map: PartitionMap,
    private readonly settings: NamedSettings,
  ) {
    this.#nextPartition = takeTurns(map.written.length);
    this.#linker = new DependencyLinker(run, (partition) => map.find(partition), settings.sliceMs);
  }

  /**
   * What became of each, in their order.
   *
   * @param submissions no two have the same name.
   * @param refusedNames names that nothing can wait for.
   * @param requireWanted is called between the steps, and throws when no further one is to begin.
   */
  async submit(
    clientId: string,
    submissions: readonly Submission[],
    refusedNames: ReadonlySet<string>,
    requireWanted: () => void,
  ): Promise<Outcome<SubmittedTask>[]> {
    const { run, map } = this;
    const dependencies = submissions.some(({ dependsOn }) => dependsOn.length > 0)
      ? await resolveDependencies(run, map, this.#linker, clientId, submissions, refusedNames)
      : submissions.map(() => []);
    requireWanted();
    const placed = await withoutErrors(dependencies, (_, places) =>
      this.#place(
        clientId,
        places.map((place) => submissions[place] as Submission),
      ),
    );
    requireWanted();
    const bound = bind(placed, dependencies);
    const written = await withoutErrors(bound, (good) => this.#write(clientId, good));
    const waiting = bound.flatMap((one, place) =>
      one instanceof BoomerangError || one.others.length === 0 || written[place] instanceof BoomerangError
        ? []
        : [{ ...one, clientId, others: one.others.map(({ taskId }) => taskId), isLate: false }],
    );
    if (waiting.length > 0) await this.#linker.link(waiting);
    return written;
  }

  /** Each with its task id: that of an earlier submission, if its name was used before. */
  #place(clientId: string, submissions: readonly Submission[]): Promise<Outcome<PlacedSubmission>[]> {
    const { keyPepper, idempotencyRetentionMs: lifetimeMs } = this.settings;
    const now = Date.now();
    const unplaced = submissions.map((submission) => {
      const taskId = createTaskId(this.#nextPartition(), now);
      return { submission, taskId, ...executionName(this.map, clientId, submission.name) };
    });
    return inShares(
      unplaced,
      ({ submission, home }) => (submission.name === '' ? NAMELESS : home),
      async (home, share): Promise<Outcome<PlacedSubmission>[]> => {
        if (home === NAMELESS)
          return share.map(({ submission, taskId }) => ({ submission, taskId, registerByMs: '' }));
        const requests = share.map(({ submission, taskId, text }) => {
          return {
            name: text,
            fingerprint: submissionFingerprint(keyPepper, submission),
            taskId,
            lifetimeMs,
          };
        });
        const reserved = await reserveNames(this.run, this.map.written[home] as PartitionKeys, requests);
        return reserved.map((one, i) => placedAt(share[i]?.submission as Submission, one));
      },
    );
  }

  #write(clientId: string, bound: readonly BoundSubmission[]): Promise<Outcome<SubmittedTask>[]> {
    return inShares(
      bound,
      ({ taskId }) => partitionOf(taskId) as number,
      async (partition, share) => {
        // Another gateway may have reserved a name that writes to more partitions.
        const keys = (await this.map.find(partition)) as PartitionKeys;
        const policies = policyArguments(share.map(({ submission }) => encodePolicy(submission.policy)));
        const args = [this.settings.sliceMs, NOTICE_MS, ...policies, clientId, ...share.flatMap(argumentsOf)];
        const dues = (await this.run('submit', keys, args)) as (number | Buffer)[];
        return share.map(({ taskId }, i) => {
          const dueMs = dues[i];
          return typeof dueMs === 'number' ? { taskId, dueMs } : tooLate();
        });
      },
    );
  }
}

/** With the ids of what they wait for, now that those of the same batch have theirs. */
function bind(
  placed: readonly Outcome<PlacedSubmission>[],
  dependencies: readonly Outcome<readonly Dependency[]>[],
): Outcome<BoundSubmission>[] {
  const bound: Outcome<BoundSubmission>[] = [];
  for (const [i, one] of placed.entries()) {
    bound.push(one instanceof BoomerangError ? one : bindOne(one, dependencies[i] as Dependency[], bound));
  }
  return bound;
}

function bindOne(
  placed: PlacedSubmission,
  dependencies: readonly Dependency[],
  earlier: readonly Outcome<BoundSubmission>[],
): Outcome<BoundSubmission> {
  const others: BoundSubmission['others'][number][] = [];
  for (const dependency of dependencies) {
    const { name } = dependency;
    const other = 'taskId' in dependency ? dependency : earlier[dependency.place];
    if (!other || other instanceof BoomerangError)
      return refused(name, 'stands in the same batch, and is refused');
    others.push({ name, taskId: other.taskId });
  }
  return { ...placed, others };
}

const NAMELESS = -1;

function placedAt(submission: Submission, reserved: Outcome<ReservedTask>): Outcome<PlacedSubmission> {
  if (!(reserved instanceof BoomerangError)) return { submission, ...reserved };
  if (reserved.code !== 'key_reused') return reserved;
  const problem = 'it names another task already; take another one';
  return new BoomerangError('conflict', (spell) => `${spell('taskId')}: ${problem}`, { field: 'taskId' });
}

function argumentsOf({ submission, taskId, registerByMs, others }: BoundSubmission): ScriptArgument[] {
  const { firstDue, repeatIntervalMs, policy, expiresAfterMs, tags } = submission;
  const parts = encodeParts([
    [EXECUTION_PART, encodeExecutionPart(submission)],
    ...expiryPart(expiresAfterMs === 0 ? undefined : { afterMs: expiresAfterMs, deadLetters: false }),
    ...dependenciesPart(others.length > 0, submission.onDependencyFailure),
    ...tagsPart(tags),
  ]);
  return [
    taskId,
    ...('atMs' in firstDue ? ['', firstDue.atMs] : [firstDue.delayMs, '']),
    ...[repeatIntervalMs, encodePolicy(policy).hash],
    ...[parts, encodeExecutionContent(submission), registerByMs],
    ...[others.length, ...others.flatMap((other) => [other.taskId, other.name])],
  ];
}

function tooLate(): BoomerangError {
  return new BoomerangError(
    'unavailable',
    'the submission took minutes and was given up; nothing was registered',
  );
}

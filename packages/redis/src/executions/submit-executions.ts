import {
  BoomerangError,
  createTaskId,
  partitionOf,
  type Submission,
  type SubmittedTask,
} from '@boomerang/domain';
import { NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument } from '../engine/scripts.js';
import { EXECUTION_PART, encodeExecutionContent, encodeExecutionPart } from '../layout/execution-codec.js';
import { encodePolicy, policyArguments } from '../layout/policy-codec.js';
import { encodeParts, expiryPart, tagsPart } from '../layout/record-parts.js';
import type { NamedSettings } from '../names/named-registrar.js';
import { type ReservedTask, reserveNames } from '../names/reserve-names.js';
import { inShares } from '../partitions/in-shares.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { takeTurns } from '../partitions/take-turns.js';
import { executionName } from './find-executions.js';
import { submissionFingerprint } from './submission-fingerprint.js';

interface PlacedSubmission {
  readonly submission: Submission;
  readonly taskId: string;
  /** Unix ms until which it may be registered; '' = it has no name. */
  readonly registerByMs: number | '';
}

/** Registers tasks: first names are reserved for them, then they are written, with one script in each partition. */
export class ExecutionSubmitter {
  readonly #nextPartition: () => number;

  constructor(
    private readonly run: RunScript,
    private readonly map: PartitionMap,
    private readonly settings: NamedSettings,
  ) {
    this.#nextPartition = takeTurns(map.written.length);
  }

  /**
   * What became of each, in their order.
   *
   * @param submissions no two have the same name.
   * @param requireWanted is called between the steps, and throws when no further one is to begin.
   */
  async submit(
    clientId: string,
    submissions: readonly Submission[],
    requireWanted: () => void,
  ): Promise<(SubmittedTask | BoomerangError)[]> {
    const placed = await this.#place(clientId, submissions);
    requireWanted();
    const results: (SubmittedTask | BoomerangError)[] = placed.map((one) => one as BoomerangError);
    const places = placed.flatMap((one, place) => (one instanceof BoomerangError ? [] : [place]));
    const written = await this.#write(
      clientId,
      places.map((place) => placed[place] as PlacedSubmission),
    );
    written.forEach((result, i) => {
      results[places[i] as number] = result;
    });
    return results;
  }

  /** Each with its task id: that of an earlier submission, if its name was used before. */
  #place(
    clientId: string,
    submissions: readonly Submission[],
  ): Promise<(PlacedSubmission | BoomerangError)[]> {
    const { keyPepper, idempotencyRetentionMs: lifetimeMs } = this.settings;
    const now = Date.now();
    const unplaced = submissions.map((submission) => {
      const taskId = createTaskId(this.#nextPartition(), now);
      return { submission, taskId, ...executionName(this.map, clientId, submission.name) };
    });
    return inShares(
      unplaced,
      ({ submission, home }) => (submission.name === '' ? NAMELESS : home),
      async (home, share): Promise<(PlacedSubmission | BoomerangError)[]> => {
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

  #write(clientId: string, placed: readonly PlacedSubmission[]): Promise<(SubmittedTask | BoomerangError)[]> {
    return inShares(
      placed,
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

const NAMELESS = -1;

function placedAt(
  submission: Submission,
  reserved: ReservedTask | BoomerangError,
): PlacedSubmission | BoomerangError {
  if (!(reserved instanceof BoomerangError)) return { submission, ...reserved };
  if (reserved.code !== 'key_reused') return reserved;
  const problem = 'it names another task already; take another one';
  return new BoomerangError('conflict', (spell) => `${spell('taskId')}: ${problem}`, { field: 'taskId' });
}

function argumentsOf({ submission, taskId, registerByMs }: PlacedSubmission): ScriptArgument[] {
  const { firstDue, repeatIntervalMs, policy, expiresAfterMs, tags } = submission;
  const parts = encodeParts([
    [EXECUTION_PART, encodeExecutionPart(submission)],
    ...expiryPart(expiresAfterMs),
    ...tagsPart(tags),
  ]);
  return [
    taskId,
    ...('atMs' in firstDue ? ['', firstDue.atMs] : [firstDue.delayMs, '']),
    ...[repeatIntervalMs, encodePolicy(policy).hash],
    ...[parts, encodeExecutionContent(submission), registerByMs],
  ];
}

function tooLate(): BoomerangError {
  return new BoomerangError(
    'unavailable',
    'the submission took minutes and was given up; nothing was registered',
  );
}

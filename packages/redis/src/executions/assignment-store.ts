import { randomBytes } from 'node:crypto';
import {
  type AssignmentStore,
  type DaemonName,
  type ExecutionHandle,
  type ExecutionReport,
  type HeldExecution,
  type OfferedExecution,
  partitionOf,
  type ReportOutcome,
  TASK_ID_LENGTH,
} from '@boomerang/domain';
import { unwrapRedisErrors } from '../connection/redis-error.js';
import { type EngineSettings, NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument, ScriptName } from '../engine/scripts.js';
import { decodeExecutionContent, decodeExecutionPart, EXECUTION_PART } from '../layout/execution-codec.js';
import { encodeEntry } from '../layout/history-codec.js';
import { decodeOccurrenceState } from '../layout/occurrence-state-codec.js';
import { decodeLiveRecord, packedPartsOf } from '../layout/record-codec.js';
import { decodeParts } from '../layout/record-parts.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import type { ExecutionListener } from './execution-listener.js';
import { shareOut } from './share-out.js';

/** How long an offer is valid, ms. */
const OFFER_MS = 5_000;
/** Offered to one daemon at a time by one partition. */
const MOST_OFFERED = 64;
const MOST_OFFERED_BYTES = 4 * 1_048_576;
const TOKEN_BYTES = 12;

/** Characters of a message that its event contains at most, because thousands of events are kept. */
const MOST_TOLD = 1_024;
/** Output of one client that is kept, over all partitions. */
const MOST_OUTPUT_BYTES = 64 * 1_048_576;
/** That of one attempt fits into each partition. */
const LEAST_OUTPUT_BYTES = 262_144;

const OUTCOMES: readonly ReportOutcome[] = ['stale', 'taken', 'cancelling'];

export function createAssignmentStore(
  run: RunScript,
  map: PartitionMap,
  listener: ExecutionListener,
  { sliceMs }: EngineSettings,
): AssignmentStore {
  const outputBudget = Math.max(MOST_OUTPUT_BYTES / map.written.length, LEAST_OUTPUT_BYTES);
  const wakeArguments = [sliceMs, NOTICE_MS];

  /** Runs a script on an execution; one that doesn't exist counts as stale. */
  async function onHeld(
    name: ScriptName,
    { clientId }: DaemonName,
    execution: ExecutionHandle,
    before: readonly ScriptArgument[],
    behind: readonly ScriptArgument[] = [],
  ): Promise<ReportOutcome> {
    const keys = await map.find(partitionOf(execution.taskId));
    if (!keys) return 'stale';
    const args = [...before, clientId, memberOf(execution), Buffer.from(execution.token, 'hex'), ...behind];
    return OUTCOMES[(await unwrapRedisErrors(run(name, keys, args))) as number] ?? 'stale';
  }

  async function offer(
    { clientId, daemonId }: DaemonName,
    types: readonly string[],
    limit: number,
  ): Promise<OfferedExecution[]> {
    const partitions = await map.all();
    const most = Math.min(limit, MOST_OFFERED);
    const heads = await Promise.all(
      partitions.map(async (keys) =>
        ((await run('peek', keys, [clientId, most, ...types])) as Buffer[]).map(Number),
      ),
    );
    const shares = shareOut(heads, most);
    const offered = await Promise.all(
      partitions.map((keys, partition) => {
        const share = shares[partition] ?? 0;
        return share === 0 ? [] : offerFrom(keys, clientId, daemonId, types, share);
      }),
    );
    return offered.flat();
  }

  async function offerFrom(
    keys: PartitionKeys,
    clientId: string,
    daemonId: string,
    types: readonly string[],
    limit: number,
  ): Promise<OfferedExecution[]> {
    const args = [
      clientId,
      daemonId,
      OFFER_MS,
      limit,
      randomBytes(TOKEN_BYTES),
      MOST_OFFERED_BYTES,
      ...types,
    ];
    const reply = (await run('offer', keys, args)) as Buffer[];
    const offered: OfferedExecution[] = [];
    for (let i = 0; i < reply.length; i += 3) {
      offered.push(decodeOffer(reply[i] as Buffer, reply[i + 1] as Buffer, reply[i + 2] as Buffer));
    }
    return offered;
  }

  return {
    offer: (daemon, types, limit) => unwrapRedisErrors(offer(daemon, types, limit)),
    accept: (daemon, execution) => onHeld('accept', daemon, execution, []),
    handBack: (daemon, execution) => onHeld('hand-back', daemon, execution, []),

    renew(daemon, execution, progress) {
      const told = progress?.message.slice(0, MOST_TOLD) ?? '';
      const noted = progress ? [JSON.stringify(progress), progress.percent, told] : ['', 0, ''];
      return onHeld('renew-execution', daemon, execution, [], noted);
    },

    appendOutput: (daemon, execution, { sequence, offset, chunk }) =>
      onHeld('append-output', daemon, execution, [], [sequence, offset, chunk, outputBudget]),

    report(daemon, execution, report) {
      const { output, ...rest } = report;
      const told = [Number(report.succeeded), entryOf(report), JSON.stringify(rest)];
      const behind = [...told, output, outputBudget];
      return onHeld('report', daemon, execution, wakeArguments, behind);
    },

    async heldBy({ clientId, daemonId }) {
      const partitions = await map.all();
      const replies = await unwrapRedisErrors(
        Promise.all(partitions.map((keys) => run('held', keys, [clientId, daemonId]) as Promise<Buffer[]>)),
      );
      return replies.flatMap(decodeHeld);
    },

    onReady: listener.onReady,
    onCancelled: listener.onCancelled,
  };
}

function memberOf({ taskId, occurrence }: ExecutionHandle): string {
  return `${taskId}:${occurrence}`;
}

function decodeOffer(member: Buffer, record: Buffer, state: Buffer): OfferedExecution {
  const { payload } = decodeLiveRecord(record);
  const part = decodeParts(packedPartsOf(record)).get(EXECUTION_PART) as Buffer;
  const { priority, leaseMs, timeoutMs, type, name } = decodeExecutionPart(part);
  const { token, attempts, occurrence } = decodeOccurrenceState(state);
  return {
    taskId: member.toString('latin1').slice(0, TASK_ID_LENGTH),
    occurrence,
    token: token.toString('hex'),
    name,
    type,
    priority,
    attempt: attempts + 1,
    leaseMs,
    timeoutMs,
    ...decodeExecutionContent(payload),
  };
}

function decodeHeld(reply: readonly Buffer[]): HeldExecution[] {
  const held: HeldExecution[] = [];
  for (let i = 0; i < reply.length; i += 3) {
    const member = (reply[i] as Buffer).toString('latin1');
    held.push({
      taskId: member.slice(0, TASK_ID_LENGTH),
      occurrence: Number(member.slice(TASK_ID_LENGTH + 1)),
      token: (reply[i + 1] as Buffer).toString('hex'),
      name: String(reply[i + 2]),
    });
  }
  return held;
}

/** An execution as an attempt in its task's history. */
function entryOf({ succeeded, timedOut, error, exitCode, durationMs }: ExecutionReport): Buffer {
  const reason = error === '' ? `exit code ${exitCode}` : error;
  return encodeEntry({
    attempt: 0,
    atMs: Date.now() - durationMs,
    durationMs,
    outcome: succeeded ? 'delivered' : timedOut ? 'timeout' : 'rejected',
    error: succeeded ? '' : reason,
  });
}

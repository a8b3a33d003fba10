import type { DeliveryPolicy, ReplayOptions, ReplayOutcome, ReplayRequest } from '@boomerang/domain';
import { NOTICE_MS } from '../engine/engine-settings.js';
import type { RunScript, ScriptArgument } from '../engine/scripts.js';
import { entryIdOf } from '../layout/dead-letter-codec.js';
import { type EncodedPolicy, encodePolicy, policyArguments } from '../layout/policy-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { readDeadLettersById } from './read-dead-letters-by-id.js';
import { replayTaskId } from './replay-task-id.js';

/** Payload that one script moves, at most about this, bytes. */
const MOST_BYTES = 4 * 1_048_576;

/** Replays dead letters of one partition in steps that are short each; one outcome per request. */
export async function replayDeadLetters(
  run: RunScript,
  keys: PartitionKeys,
  sliceMs: number,
  clientId: string,
  requests: readonly ReplayRequest[],
  options: ReplayOptions,
): Promise<ReplayOutcome[]> {
  const outcomes: ReplayOutcome[] = [];
  while (outcomes.length < requests.length) {
    const rest = requests.slice(outcomes.length);
    const ids = rest.map(({ id }) => id);
    const read = await readDeadLettersById(run, keys, clientId, ids, false);
    const policies = read.map(({ letter }) => letter && replayPolicy(letter.policy, options));
    const step = rest.slice(0, read.length);
    const args = scriptArguments(sliceMs, clientId, step, policies, options);
    const reply = (await run('replay-dead-letters', keys, args)) as Reply;
    outcomes.push(...reply.map((one, i) => toOutcome(one, step[i] as ReplayRequest)));
  }
  return outcomes;
}

function replayPolicy(policy: DeliveryPolicy, { callback }: ReplayOptions): EncodedPolicy {
  return encodePolicy(callback ? { ...policy, callback } : policy);
}

/** A dead letter that was not found has no policy; the script answers what became of it. */
function scriptArguments(
  sliceMs: number,
  clientId: string,
  requests: readonly ReplayRequest[],
  policies: readonly (EncodedPolicy | undefined)[],
  { evenNotForwarded, startMs }: ReplayOptions,
): ScriptArgument[] {
  const used = policyArguments(policies.filter((policy) => policy !== undefined));
  const args: ScriptArgument[] = [sliceMs, NOTICE_MS, ...used];
  args.push(clientId, MOST_BYTES, Number(evenNotForwarded), startMs);
  requests.forEach(({ id, delayMs }, i) => {
    args.push(entryIdOf(id), replayTaskId(id), delayMs, policies[i]?.hash ?? '');
  });
  return args;
}

type Reply = [code: number, dueMs?: number][];

function toOutcome([code, dueMs = 0]: Reply[number], { id }: ReplayRequest): ReplayOutcome {
  if (code === 0) return { kind: 'not_found' };
  if (code === 3) return { kind: 'not_forwarded' };
  return { kind: 'replayed', taskId: replayTaskId(id), scheduledTimeMs: dueMs, before: code === 2 };
}

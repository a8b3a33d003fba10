import { type NameStore, partitionOf } from '@boomerang/domain';
import type { Engine } from '../engine/engine.js';
import type { RunScript } from '../engine/scripts.js';
import { mapByPartition } from '../partitions/by-partition.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { type NamedTaskStanding, type NameFate, nameFate } from './name-fate.js';
import { decodeReservation } from './reservation-codec.js';

const MOST_NAMES = 200;
/** Names that this process can't judge are left for another one, ms. */
const LEFT_FOR_MS = 3_600_000;
const STANDINGS: readonly NamedTaskStanding[] = ['unregistered', 'live', 'ended'];

interface CheckedName {
  /** `<name>:<task id>`. */
  readonly member: string;
  readonly taskId: string;
  /** Empty when the name is free already. */
  readonly reservation: Buffer;
}

export function createNameStore({ run, partitions }: Pick<Engine, 'run' | 'partitions'>): NameStore {
  return {
    async sweep(partition) {
      const home = partitions[partition] as PartitionKeys;
      const { nowMs, kept, names } = await namesToCheck(run, home);
      if (names.length === 0) return { kept, more: false };
      const standings = await standingsOf(run, partitions, names);
      const args = names.flatMap((name, i) => settleArguments(name, fateOf(nowMs, name, standings[i])));
      const removed = (await run('settle-names', home, args)) as number;
      return { kept: kept - removed, more: names.length === MOST_NAMES };
    },
  };
}

type NamesReply = [nowMs: number, kept: number, ...(Buffer | string)[]];

async function namesToCheck(run: RunScript, home: PartitionKeys) {
  const [nowMs, kept, ...found] = (await run('names-to-check', home, [MOST_NAMES])) as NamesReply;
  const names: CheckedName[] = [];
  for (let i = 0; i < found.length; i += 2) {
    const member = String(found[i]);
    const [, taskId = ''] = member.split(':');
    names.push({ member, taskId, reservation: found[i + 1] as Buffer });
  }
  return { nowMs, kept, names };
}

/** Undefined for tasks in partitions that this process doesn't know. */
function standingsOf(run: RunScript, partitions: readonly PartitionKeys[], names: readonly CheckedName[]) {
  const ofTask = ({ taskId }: CheckedName) => partitionOf(taskId) ?? -1;
  return mapByPartition(names, ofTask, async (partition, share) => {
    const keys = partitions[partition];
    if (!keys) return [];
    const args = share.flatMap(({ taskId, reservation }) => [taskId, Number(reservation.length === 0)]);
    const reply = (await run('check-named', keys, args)) as number[];
    return reply.map((code) => STANDINGS[code]);
  });
}

function fateOf(nowMs: number, { reservation }: CheckedName, standing?: NamedTaskStanding): NameFate {
  const decoded = reservation.length === 0 ? undefined : decodeReservation(reservation);
  const judged = standing && (decoded || reservation.length === 0);
  return judged ? nameFate(nowMs, decoded, standing) : { kind: 'keep', atMs: nowMs + LEFT_FOR_MS };
}

function settleArguments({ member, reservation }: CheckedName, fate: NameFate) {
  const atMs = 'atMs' in fate ? fate.atMs : 0;
  return [member, reservation, fate.kind, atMs, fate.kind === 'end' ? fate.lifetimeMs : 0];
}

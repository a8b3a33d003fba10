import { type DeadLetter, type DeadLetterFilter, outcomeNumber } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type {
  ListDeadLettersAnswer,
  ListDeadLettersRequest,
} from '../operations/dead-letters/list-dead-letters.js';
import type {
  PurgeDeadLettersAnswer,
  PurgeDeadLettersRequest,
} from '../operations/dead-letters/purge-dead-letters.js';
import type { RefusedDeadLetter } from '../operations/dead-letters/refused-dead-letter.js';
import type {
  ReplayDeadLettersAnswer,
  ReplayDeadLettersRequest,
} from '../operations/dead-letters/replay-dead-letters.js';
import { attemptToWire, errorClassFromWire } from './attempt-on-wire.js';
import { policyToWire } from './policy-to-wire.js';
import { errorToWire } from './status.js';

export function listRequestFromWire(
  wire: boomerang.ListDeadLettersRequest.$Properties,
): ListDeadLettersRequest {
  return {
    filter: filterFromWire(wire.filter),
    deadLetterId: wire.deadLetterId ?? '',
    withPayload: wire.withPayload ?? false,
    limit: wire.limit ?? 0,
    nextToken: wire.nextToken ?? '',
  };
}

export function replayRequestFromWire(
  wire: boomerang.ReplayDeadLettersRequest.$Properties,
): ReplayDeadLettersRequest {
  return {
    ...purgeRequestFromWire(wire),
    ratePerSecond: wire.ratePerSecond ?? 0,
    useSessionCallback: wire.useSessionCallback ?? false,
  };
}

export function purgeRequestFromWire(
  wire: boomerang.PurgeDeadLettersRequest.$Properties,
): PurgeDeadLettersRequest {
  return {
    ids: wire.deadLetterIds ?? [],
    filter: filterFromWire(wire.filter),
    evenNotForwarded: wire.evenNotForwarded ?? false,
    limit: wire.limit ?? 0,
    nextToken: wire.nextToken ?? '',
  };
}

function filterFromWire(
  wire: boomerang.DeadLetterFilter.$Properties | null | undefined,
): DeadLetterFilter | undefined {
  if (!wire) return undefined;
  return {
    bucket: wire.bucket ?? '',
    afterMs: wire.deadLetteredAfter ?? 0,
    beforeMs: wire.deadLetteredBefore ?? 0,
    errorClass: errorClassFromWire(wire.errorClass ?? 0),
  };
}

export function listAnswerToWire({
  deadLetters,
  nextToken,
}: ListDeadLettersAnswer): boomerang.ListDeadLettersResponse.$Properties {
  return { deadLetters: deadLetters.map(deadLetterToWire), nextToken };
}

export function replayAnswerToWire({
  replayed,
  refused,
  nextToken,
}: ReplayDeadLettersAnswer): boomerang.ReplayDeadLettersResponse.$Properties {
  return { replayed: [...replayed], refused: refused.map(refusedToWire), nextToken };
}

export function purgeAnswerToWire({
  purged,
  refused,
  nextToken,
}: PurgeDeadLettersAnswer): boomerang.PurgeDeadLettersResponse.$Properties {
  return { purged, refused: refused.map(refusedToWire), nextToken };
}

function refusedToWire({ deadLetterId, error }: RefusedDeadLetter): boomerang.RefusedDeadLetter.$Properties {
  const { errorMessage, code } = errorToWire(error);
  return { deadLetterId, errorMessage, code };
}

function deadLetterToWire(letter: DeadLetter): boomerang.DeadLetter.$Properties {
  const { policy, history, errorClass, replayOf, id, ...same } = letter;
  return {
    ...same,
    ...policyToWire(policy),
    deadLetterId: id,
    errorClass: outcomeNumber(errorClass),
    history: history.map((failure) =>
      attemptToWire({ ...failure, occurrence: letter.occurrence, outcome: failure.errorClass }),
    ),
    replayOf: replayOf ?? '',
  };
}

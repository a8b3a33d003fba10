import type { DeadLetterFilter } from '@boomerang/domain';
import type { Static } from 'typebox';
import type { DeadLetterSelection } from '../../../operations/dead-letters/dead-letter-selection.js';
import { listDeadLetters } from '../../../operations/dead-letters/list-dead-letters.js';
import { purgeDeadLetters } from '../../../operations/dead-letters/purge-dead-letters.js';
import type { RefusedDeadLetter } from '../../../operations/dead-letters/refused-dead-letter.js';
import { replayDeadLetters } from '../../../operations/dead-letters/replay-dead-letters.js';
import {
  DeadLetterJson,
  DeadLetterPageJson,
  ListDeadLettersQuery,
  PurgeAnswerJson,
  PurgedJson,
  PurgeJson,
  PurgeOneQuery,
  ReplayAnswerJson,
  ReplayedJson,
  ReplayJson,
  ReplayOneJson,
} from '../json/dead-letter-schemas.js';
import { deadLetterToJson, refusedToJson, replayedToJson } from '../json/dead-letter-to-json.js';
import { limitFromJson } from '../json/limit-from-json.js';
import { requireSchema } from '../json/require-schema.js';
import { timeFromJson } from '../json/time-from-json.js';
import type { Route } from '../route.js';

const requireQuery = requireSchema(ListDeadLettersQuery, { convert: true });
const requirePurgeQuery = requireSchema(PurgeOneQuery, { convert: true });
const requirePurge = requireSchema(PurgeJson);
const requireReplay = requireSchema(ReplayJson);
const requireReplayOne = requireSchema(ReplayOneJson);

const list: Route = {
  method: 'GET',
  path: '/v1/dead-letters',
  name: 'listDeadLetters',
  summary: 'A page of dead letters, the oldest first.',
  query: ListDeadLettersQuery,
  status: 200,
  answer: DeadLetterPageJson,
  async handle({ perform }, { caller, query, address }) {
    const { limit, cursor = '', payload = false, ...filter } = requireQuery(query);
    const request = {
      filter: filterFromJson(filter),
      deadLetterId: '',
      withPayload: payload,
      limit: limitFromJson(limit),
      nextToken: cursor,
    };
    const { deadLetters, nextToken } = await perform(
      listDeadLetters,
      () => caller,
      request,
      undefined,
      address,
    );
    return {
      status: 200,
      body: { deadLetters: deadLetters.map(deadLetterToJson), nextCursor: nextToken || null },
    };
  },
};

const get: Route = {
  method: 'GET',
  path: '/v1/dead-letters/:id',
  name: 'getDeadLetter',
  summary: 'A dead letter with its payload and the history of its failures.',
  status: 200,
  answer: DeadLetterJson,
  async handle({ perform }, { caller, params, address }) {
    const request = {
      filter: undefined,
      deadLetterId: params.id ?? '',
      withPayload: true,
      limit: 0,
      nextToken: '',
    };
    const { deadLetters } = await perform(listDeadLetters, () => caller, request, undefined, address);
    return { status: 200, body: deadLetters.map(deadLetterToJson)[0] ?? {} };
  },
};

const replayOne: Route = {
  method: 'POST',
  path: '/v1/dead-letters/:id/replay',
  name: 'replayDeadLetter',
  summary: 'Makes a task of a dead letter; doing it again makes no second one.',
  body: ReplayOneJson,
  bodyIsOptional: true,
  status: 200,
  answer: ReplayedJson,
  async handle({ perform }, { caller, params, body, address }) {
    const { useSessionCallback = false, evenNotForwarded = false } = requireReplayOne(body ?? {});
    const request = { ...one(params.id), ratePerSecond: 0, useSessionCallback, evenNotForwarded };
    const { replayed, refused } = await perform(replayDeadLetters, () => caller, request, undefined, address);
    requireNoneRefused(refused);
    return { status: 200, body: replayed.map(replayedToJson)[0] ?? {} };
  },
};

const replay: Route = {
  method: 'POST',
  path: '/v1/dead-letters/replay',
  name: 'replayDeadLetters',
  summary: 'Makes tasks of dead letters, named by their ids or chosen by a filter, a page of them at a time.',
  body: ReplayJson,
  status: 200,
  answer: ReplayAnswerJson,
  async handle({ perform }, { caller, body, address }) {
    const json = requireReplay(body);
    const { ratePerSecond = 0, useSessionCallback = false, evenNotForwarded = false } = json;
    const request = { ...selectionFromJson(json), ratePerSecond, useSessionCallback, evenNotForwarded };
    const { replayed, refused, nextToken } = await perform(
      replayDeadLetters,
      () => caller,
      request,
      undefined,
      address,
    );
    return {
      status: 200,
      body: {
        replayed: replayed.map(replayedToJson),
        refused: refused.map(refusedToJson),
        nextCursor: nextToken || null,
      },
    };
  },
};

const purgeOne: Route = {
  method: 'DELETE',
  path: '/v1/dead-letters/:id',
  name: 'purgeDeadLetter',
  summary: 'Removes a dead letter for good.',
  query: PurgeOneQuery,
  status: 200,
  answer: PurgedJson,
  async handle({ perform }, { caller, params, query, address }) {
    const { evenNotForwarded = false } = requirePurgeQuery(query);
    const request = { ...one(params.id), evenNotForwarded };
    const { purged, refused } = await perform(purgeDeadLetters, () => caller, request, undefined, address);
    requireNoneRefused(refused);
    return { status: 200, body: { purged } };
  },
};

const purge: Route = {
  method: 'POST',
  path: '/v1/dead-letters/purge',
  name: 'purgeDeadLetters',
  summary:
    'Removes dead letters for good, named by their ids or chosen by a filter, a page of them at a time.',
  body: PurgeJson,
  status: 200,
  answer: PurgeAnswerJson,
  async handle({ perform }, { caller, body, address }) {
    const json = requirePurge(body);
    const request = { ...selectionFromJson(json), evenNotForwarded: json.evenNotForwarded ?? false };
    const { purged, refused, nextToken } = await perform(
      purgeDeadLetters,
      () => caller,
      request,
      undefined,
      address,
    );
    return {
      status: 200,
      body: { purged, refused: refused.map(refusedToJson), nextCursor: nextToken || null },
    };
  },
};

type FilterJson = NonNullable<Static<typeof PurgeJson>['filter']>;

/** @param inside what the names of fields begin with. */
function filterFromJson(
  { bucket = '', after, before, errorClass }: FilterJson,
  inside = '',
): DeadLetterFilter {
  return {
    bucket,
    afterMs: timeFromJson(`${inside}after`, after),
    beforeMs: timeFromJson(`${inside}before`, before),
    errorClass,
  };
}

function selectionFromJson({
  ids = [],
  filter,
  limit,
  cursor = '',
}: Static<typeof PurgeJson>): DeadLetterSelection {
  return {
    ids,
    filter: filter && filterFromJson(filter, 'filter.'),
    limit: limitFromJson(limit),
    nextToken: cursor,
  };
}

function one(id = ''): DeadLetterSelection {
  return { ids: [id], filter: undefined, limit: 0, nextToken: '' };
}

function requireNoneRefused([refused]: readonly RefusedDeadLetter[]): void {
  if (refused) throw refused.error;
}

export const deadLetterRoutes: readonly Route[] = [list, replay, purge, get, purgeOne, replayOne];

import { type ErrorClass, errorClassOf, outcomeNumber } from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { type Exchange, epochMs } from './api-request.js';
import { type AttemptJson, bytesFromJson, toAttempt, toQuery } from './from-json.js';

interface DeadLetterJson {
  readonly id?: string;
  readonly dueAt?: string;
  readonly deadLetteredAt?: string;
  readonly errorClass?: ErrorClass;
  readonly history?: readonly AttemptJson[];
  readonly callback?: { readonly url: string };
  readonly retry?: {
    readonly maxAttempts: number;
    readonly strategy: string;
    readonly interval: number;
    readonly maxInterval: number;
  };
  readonly text?: string;
  readonly base64?: string;
}

interface ReplayedJson {
  readonly id: string;
  readonly taskId: string;
  readonly dueAt: string;
  readonly replayedBefore: boolean;
}

interface PageJson {
  readonly deadLetters?: readonly DeadLetterJson[];
  readonly replayed?: readonly ReplayedJson[];
  readonly purged?: number;
  readonly refused?: readonly { readonly id: string; readonly code: string; readonly detail: string }[];
  readonly nextCursor?: string | null;
}

type Selecting = boomerang.ReplayDeadLettersRequest.$Properties &
  boomerang.PurgeDeadLettersRequest.$Properties;

const PATH = '/v1/dead-letters';

export function listDeadLetters(request: boomerang.ListDeadLettersRequest.$Properties): Exchange {
  const { deadLetterId, filter, withPayload: payload, limit, nextToken: cursor } = request;
  if (deadLetterId) {
    return {
      method: 'GET',
      path: `${PATH}/${encodeURIComponent(deadLetterId)}`,
      toAnswer: (json) => ({ listDeadLettersResponse: { deadLetters: [toDeadLetter(json)] } }),
    };
  }
  return {
    method: 'GET',
    path: PATH + toQuery({ ...filterToJson(filter), payload, limit, cursor }),
    toAnswer: ({ deadLetters = [], nextCursor }: PageJson) => ({
      listDeadLettersResponse: { deadLetters: deadLetters.map(toDeadLetter), nextToken: nextCursor ?? '' },
    }),
  };
}

export function replayDeadLetters(request: Selecting): Exchange {
  const { useSessionCallback, ratePerSecond } = request;
  return {
    method: 'POST',
    path: `${PATH}/replay`,
    body: { ...selectionToJson(request), useSessionCallback, ratePerSecond },
    toAnswer: ({ replayed = [], ...page }: PageJson) => ({
      replayDeadLettersResponse: { replayed: replayed.map(toReplayed), ...toSelected(page) },
    }),
  };
}

export function purgeDeadLetters(request: Selecting): Exchange {
  return {
    method: 'POST',
    path: `${PATH}/purge`,
    body: selectionToJson(request),
    toAnswer: ({ purged = 0, ...page }: PageJson) => ({
      purgeDeadLettersResponse: { purged, ...toSelected(page) },
    }),
  };
}

/** What the wire's defaults stand for is left out. */
function filterToJson(
  filter: boomerang.DeadLetterFilter.$Properties | null | undefined,
): Record<string, string> {
  const { bucket, deadLetteredAfter: after, deadLetteredBefore: before, errorClass } = filter ?? {};
  const failed = errorClassOf(errorClass ?? 0);
  return {
    ...(bucket && { bucket }),
    ...(after && { after: new Date(after).toISOString() }),
    ...(before && { before: new Date(before).toISOString() }),
    ...(failed && { errorClass: failed }),
  };
}

function selectionToJson({
  deadLetterIds: ids,
  filter,
  limit,
  nextToken,
  evenNotForwarded,
}: Selecting): object {
  const named = ids && ids.length > 0;
  return {
    ...(named ? { ids } : { filter: filterToJson(filter) }),
    ...(limit && { limit }),
    ...(nextToken && { cursor: nextToken }),
    evenNotForwarded,
  };
}

function toSelected({ refused = [], nextCursor }: PageJson) {
  const told = refused.map(({ id, code, detail }) => ({ deadLetterId: id, code, errorMessage: detail }));
  return { refused: told, nextToken: nextCursor ?? '' };
}

function toReplayed({ id, taskId, dueAt, replayedBefore }: ReplayedJson) {
  return { deadLetterId: id, taskId, scheduledTimeMs: epochMs(dueAt), replayedBefore };
}

function toDeadLetter(json: DeadLetterJson): boomerang.DeadLetter.$Properties {
  const { id, dueAt, deadLetteredAt, errorClass, history, callback, retry, text, base64, ...same } = json;
  const { RetryPolicy } = boomerang;
  const strategy = RetryPolicy.BackoffStrategy[retry?.strategy === 'exponential' ? 'EXPONENTIAL' : 'FIXED'];
  return {
    ...same,
    deadLetterId: id ?? '',
    scheduledTimeMs: epochMs(dueAt),
    deadLetteredAtMs: epochMs(deadLetteredAt),
    errorClass: (errorClass && outcomeNumber(errorClass)) ?? 0,
    history: (history ?? []).map(toAttempt),
    ...(callback && { callback: toCallback(callback.url) }),
    ...(retry && {
      retry: { ...retry, strategy, intervalMs: retry.interval, maxIntervalMs: retry.maxInterval },
    }),
    payload: bytesFromJson({ text, base64 }),
  };
}

function toCallback(url: string): boomerang.CallbackConfig.$Properties {
  const [, scheme = '', rest = ''] = /^(\w+):\/\/(.*)$/s.exec(url) ?? [];
  const name = scheme.replace(/s$/, '').toUpperCase() as keyof typeof boomerang.CallbackConfig.Protocol;
  const isUrl = scheme.startsWith('http') || scheme === 'grpcs';
  return { protocol: boomerang.CallbackConfig.Protocol[name], endpoint: isUrl ? url : rest };
}

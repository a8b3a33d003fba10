import type { ErrorClass } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import { errorClassToWire } from '../session/attempt-info.js';
import { wholeCount, wholeMs } from '../session/whole-ms.js';
import { type DeadLetterInfo, toDeadLetterInfo } from './dead-letter-info.js';

/** Which dead letters; what is absent restricts nothing. */
export interface DeadLetterFilter {
  readonly bucket?: string;
  /** Those that came at or after this, Unix epoch ms. */
  readonly afterMs?: number;
  /** Those that came before this, Unix epoch ms. */
  readonly beforeMs?: number;
  readonly errorClass?: ErrorClass;
}

/** Dead letters by name, or all that a filter lets through: `{ filter: {} }` means every one. */
export type DeadLetterSelection =
  | { readonly ids: readonly string[] }
  | ({ readonly filter: DeadLetterFilter } & DeadLetterPaging);

export interface DeadLetterPaging {
  /** Per page. Absent: as the service likes. */
  readonly limit?: number;
  /** `nextToken` of the page before. */
  readonly nextToken?: string;
}

interface ReplayOptions {
  /** So many tasks become due per second. Absent: all at once. */
  readonly ratePerSecond?: number;
  /** Whether to call back where this session says instead of where the dead letter's policy says. Default false. */
  readonly useSessionCallback?: boolean;
  /** Whether also those that wait to be forwarded outside, which then never get there. Default false. */
  readonly evenNotForwarded?: boolean;
}

export interface DeadLetterPage {
  readonly deadLetters: readonly DeadLetterInfo[];
  /** Undefined on the last page. */
  readonly nextToken: string | undefined;
}

export interface ReplayPage {
  readonly replayed: readonly {
    readonly deadLetterId: string;
    readonly taskId: string;
    /** Unix epoch ms. */
    readonly scheduledTimeMs: number;
    /** Whether an earlier request had replayed it, and this one changed nothing. */
    readonly replayedBefore: boolean;
  }[];
  readonly refused: readonly RefusedDeadLetter[];
  readonly nextToken: string | undefined;
}

export interface PurgePage {
  readonly purged: number;
  readonly refused: readonly RefusedDeadLetter[];
  readonly nextToken: string | undefined;
}

export interface RefusedDeadLetter {
  readonly deadLetterId: string;
  /** For people. */
  readonly reason: string;
  /** `conflict`: it is not forwarded yet. Undefined if the service doesn't say. */
  readonly code: 'not_found' | 'conflict' | undefined;
}

/** The client's dead letters. Pages go on until `nextToken` is undefined: `pages` walks through them. */
export interface DeadLetters {
  /** Without payloads unless asked for; the oldest first. */
  list(
    options?: DeadLetterPaging & { readonly filter?: DeadLetterFilter; readonly withPayload?: boolean },
  ): Promise<DeadLetterPage>;
  /** One with its payload. */
  get(deadLetterId: string): Promise<DeadLetterInfo>;
  /** Makes a task of each, with the dead letter's payload and policy; it leaves the queue. Can be repeated. */
  replay(selection: DeadLetterSelection & ReplayOptions): Promise<ReplayPage>;
  /** Removes them for good. */
  purge(selection: DeadLetterSelection & Pick<ReplayOptions, 'evenNotForwarded'>): Promise<PurgePage>;
}

export function createDeadLetters(connection: Connection, sessionId: string): DeadLetters {
  return {
    async list({ filter, withPayload = false, ...paging } = {}) {
      const asked = { ...(filter && { filter: toWireFilter(filter) }), withPayload, ...toWirePaging(paging) };
      const request = { sessionId, listDeadLettersRequest: asked };
      const answer = await requestAnswer(connection, request, 'listDeadLettersResponse');
      return {
        deadLetters: (answer.deadLetters ?? []).map(toDeadLetterInfo),
        nextToken: answer.nextToken || undefined,
      };
    },

    async get(deadLetterId) {
      const request = { sessionId, listDeadLettersRequest: { deadLetterId, withPayload: true } };
      const answer = await requestAnswer(connection, request, 'listDeadLettersResponse');
      return toDeadLetterInfo(answer.deadLetters?.[0] ?? {});
    },

    async replay({ ratePerSecond = 0, useSessionCallback = false, evenNotForwarded = false, ...selection }) {
      const asked = {
        ...toWireSelection(selection),
        ratePerSecond: wholeCount('rate_per_second', ratePerSecond),
        useSessionCallback,
        evenNotForwarded,
      };
      const request = { sessionId, replayDeadLettersRequest: asked };
      const answer = await requestAnswer(connection, request, 'replayDeadLettersResponse');
      const replayed = (answer.replayed ?? []).map((one) => ({
        deadLetterId: one.deadLetterId ?? '',
        taskId: one.taskId ?? '',
        scheduledTimeMs: one.scheduledTimeMs ?? 0,
        replayedBefore: one.replayedBefore ?? false,
      }));
      return { replayed, refused: toRefused(answer.refused), nextToken: answer.nextToken || undefined };
    },

    async purge({ evenNotForwarded = false, ...selection }) {
      const request = {
        sessionId,
        purgeDeadLettersRequest: { ...toWireSelection(selection), evenNotForwarded },
      };
      const answer = await requestAnswer(connection, request, 'purgeDeadLettersResponse');
      return {
        purged: answer.purged ?? 0,
        refused: toRefused(answer.refused),
        nextToken: answer.nextToken || undefined,
      };
    },
  };
}

function toWireSelection(selection: DeadLetterSelection) {
  if ('ids' in selection) return { deadLetterIds: [...selection.ids] };
  return { filter: toWireFilter(selection.filter), ...toWirePaging(selection) };
}

function toWirePaging({ limit = 0, nextToken = '' }: DeadLetterPaging) {
  return { limit: wholeCount('limit', limit), nextToken };
}

function toWireFilter({ bucket, afterMs, beforeMs, errorClass }: DeadLetterFilter) {
  return {
    bucket: bucket ?? '',
    deadLetteredAfter: wholeMs('dead_lettered_after', afterMs ?? 0, 0),
    deadLetteredBefore: beforeMs === undefined ? 0 : wholeMs('dead_lettered_before', beforeMs, 1),
    errorClass: errorClass === undefined ? 0 : errorClassToWire(errorClass),
  };
}

function toRefused(
  refused: boomerang.RefusedDeadLetter.$Properties[] | null | undefined,
): RefusedDeadLetter[] {
  return (refused ?? []).map(({ deadLetterId, errorMessage, code }) => ({
    deadLetterId: deadLetterId ?? '',
    reason: errorMessage ?? '',
    code: code === 'not_found' || code === 'conflict' ? code : undefined,
  }));
}

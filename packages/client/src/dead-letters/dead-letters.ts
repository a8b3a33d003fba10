import type { boomerang } from '@boomerang/protocol';
import { checkOptions, type OptionNames } from '../arguments/check-options.js';
import { type Paging, toWirePaging } from '../arguments/paging.js';
import type { Connection } from '../connection/connection.js';
import { requestAnswer } from '../connection/request-answer.js';
import type { RequestOptions } from '../connection/request-options.js';
import { type DeadLetterInfo, toDeadLetterInfo } from './dead-letter-info.js';
import {
  checkDeadLetterId,
  type DeadLetterFilter,
  type DeadLetterSelection,
  flag,
  type PurgeOptions,
  type ReplayOptions,
  toPurgeRequest,
  toReplayRequest,
  toWireFilter,
} from './selection.js';

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

export interface ListOptions extends Paging {
  readonly filter?: DeadLetterFilter;
  /** Whether to get payloads too. Default false. */
  readonly withPayload?: boolean;
}

/**
 * The client's dead letters. Pages go on until `nextToken` is undefined: `pages` walks through them. Each rejects as the
 * methods of a Session do.
 */
export interface DeadLetters {
  /** The oldest first. */
  list(options?: ListOptions, requestOptions?: RequestOptions): Promise<DeadLetterPage>;
  /** One with its payload. */
  get(deadLetterId: string, requestOptions?: RequestOptions): Promise<DeadLetterInfo>;
  /** Makes a task of each, with the dead letter's payload and policy; it leaves the queue. Can be repeated. */
  replay(
    selection: DeadLetterSelection & ReplayOptions,
    requestOptions?: RequestOptions,
  ): Promise<ReplayPage>;
  /** Removes them for good. */
  purge(selection: DeadLetterSelection & PurgeOptions, requestOptions?: RequestOptions): Promise<PurgePage>;
}

const LIST_NAMES: OptionNames<ListOptions> = {
  filter: true,
  withPayload: true,
  limit: true,
  nextToken: true,
};

export function createDeadLetters(connection: Connection, sessionId: string): DeadLetters {
  return {
    async list(options = {}, requestOptions) {
      checkOptions('options', options, LIST_NAMES);
      const { filter, withPayload } = options;
      const asked = {
        ...(filter !== undefined && { filter: toWireFilter(filter) }),
        withPayload: flag('withPayload', withPayload),
        ...toWirePaging(options),
      };
      const request = { sessionId, listDeadLettersRequest: asked };
      const answer = await requestAnswer(connection, request, 'listDeadLettersResponse', requestOptions);
      return {
        deadLetters: (answer.deadLetters ?? []).map(toDeadLetterInfo),
        nextToken: answer.nextToken || undefined,
      };
    },

    async get(deadLetterId, requestOptions) {
      const asked = { deadLetterId: checkDeadLetterId('deadLetterId', deadLetterId), withPayload: true };
      const request = { sessionId, listDeadLettersRequest: asked };
      const answer = await requestAnswer(connection, request, 'listDeadLettersResponse', requestOptions);
      return toDeadLetterInfo(answer.deadLetters?.[0] ?? {});
    },

    async replay(selection, requestOptions) {
      const request = { sessionId, replayDeadLettersRequest: toReplayRequest(selection) };
      const answer = await requestAnswer(connection, request, 'replayDeadLettersResponse', requestOptions);
      const replayed = (answer.replayed ?? []).map((one) => ({
        deadLetterId: one.deadLetterId ?? '',
        taskId: one.taskId ?? '',
        scheduledTimeMs: one.scheduledTimeMs ?? 0,
        replayedBefore: one.replayedBefore ?? false,
      }));
      return { replayed, refused: toRefused(answer.refused), nextToken: answer.nextToken || undefined };
    },

    async purge(selection, requestOptions) {
      const request = { sessionId, purgeDeadLettersRequest: toPurgeRequest(selection) };
      const answer = await requestAnswer(connection, request, 'purgeDeadLettersResponse', requestOptions);
      return {
        purged: answer.purged ?? 0,
        refused: toRefused(answer.refused),
        nextToken: answer.nextToken || undefined,
      };
    },
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

import {
  type Activity,
  type HeldEndpoint,
  mergeActivity,
  noActivity,
  requireWholeNumber,
  type StatsStore,
  type WrittenSummary,
} from '@boomerang/domain';
import type { Operation } from '../operation.js';
import { whose } from './whose.js';

export interface StatsRequest {
  /** '' = all for who may administer, otherwise the caller's own. */
  readonly client: string;
  /** How far back. */
  readonly seconds: number;
  /** Seconds that are added up. */
  readonly step: number;
}

export interface Step extends Activity {
  readonly atMs: number;
  /** Summaries that tell of it: without any, nothing is known of it. */
  readonly reports: number;
}

export interface StatsAnswer {
  /** Undefined = all. */
  readonly clientId: string | undefined;
  /** Redis's clock, Unix epoch ms. */
  readonly nowMs: number;
  readonly stepMs: number;
  /** One for each step, the oldest first; the last one ends with the last whole second. */
  readonly series: readonly Step[];
  readonly total: Activity;
  /** Whether a process had more active clients than it tells apart, so that a client's figures may be too low. */
  readonly incomplete: boolean;
  /** What of the client waits now; undefined for all clients. */
  readonly waiting: { readonly tasks: number; readonly deadLetters: number } | undefined;
  readonly heldEndpoints: readonly HeldEndpoint[];
  /** The latest summary of each process that runs; none unless all clients' figures are asked for. */
  readonly processes: readonly WrittenSummary[];
  /** The busiest clients; none unless all clients' figures are asked for. */
  readonly clients: ReadonlyMap<string, Activity>;
}

/** What is kept. */
const MOST_SECONDS = 3_600;
/** A process that was silent for longer is taken for gone, ms. */
const SILENT_MS = 5_000;

/** What happened in the last time, and how it stands: of a client, or of all. */
export const readStats: Operation<StatsRequest, StatsAnswer> = {
  permission: 'read',
  changes: false,
  async run({ tasks, stats }, caller, { client, seconds, step }) {
    requireWholeNumber('seconds', seconds, 1, MOST_SECONDS);
    requireWholeNumber('step', step, 1, seconds);
    const clientId = whose(caller, client);
    const nowMs = Math.floor(await tasks.now());
    const stepMs = step * 1_000;
    const endMs = Math.floor(nowMs / 1_000) * 1_000;
    const steps = Math.floor(seconds / step);
    const startMs = endMs - steps * stepMs;
    const [summaries, waiting] = await Promise.all([
      stats.read(Math.min(startMs, nowMs - SILENT_MS), nowMs),
      clientId === undefined ? undefined : waitingOf(stats, clientId, nowMs),
    ]);
    const within = summaries.filter(({ atMs }) => atMs >= startMs && atMs < endMs);
    const running = latestOfEach(summaries.filter(({ atMs }) => atMs >= nowMs - SILENT_MS));
    const held = running.flatMap(({ heldEndpoints }) => heldEndpoints);
    return {
      clientId,
      nowMs,
      stepMs,
      ...seriesOf(within, clientId, { startMs, stepMs, steps }),
      incomplete: clientId !== undefined && within.some(({ clientsLeftOut }) => clientsLeftOut),
      waiting,
      heldEndpoints: distinct(held.filter((one) => clientId === undefined || one.clientId === clientId)),
      processes: clientId === undefined ? running : [],
      clients: clientId === undefined ? byClient(within) : new Map(),
    };
  },
};

async function waitingOf(stats: StatsStore, clientId: string, nowMs: number) {
  const [{ before, after }, deadLetters] = await Promise.all([
    stats.forecast(clientId, { fromMs: nowMs, slotMs: 1, slots: 1 }).then(({ slots, ...rest }) => ({
      ...rest,
      after: rest.after + (slots[0] ?? 0),
    })),
    stats.countDeadLetters(clientId),
  ]);
  return { tasks: before + after, deadLetters };
}

function seriesOf(
  summaries: readonly WrittenSummary[],
  clientId: string | undefined,
  { startMs, stepMs, steps }: { readonly startMs: number; readonly stepMs: number; readonly steps: number },
): Pick<StatsAnswer, 'series' | 'total'> {
  const total = noActivity();
  const series = Array.from({ length: steps }, (_, i) => ({
    atMs: startMs + i * stepMs,
    reports: 0,
    ...noActivity(),
  }));
  for (const { atMs, all, clients } of summaries) {
    const slot = series[Math.floor((atMs - startMs) / stepMs)];
    if (slot) slot.reports += 1;
    const activity = clientId === undefined ? all : clients.get(clientId);
    if (!activity || !slot) continue;
    mergeActivity(slot, activity);
    mergeActivity(total, activity);
  }
  return { series, total };
}

function latestOfEach(summaries: readonly WrittenSummary[]): WrittenSummary[] {
  return [...new Map(summaries.map((summary) => [summary.instance, summary])).values()];
}

function byClient(summaries: readonly WrittenSummary[]): Map<string, Activity> {
  const clients = new Map<string, Activity>();
  for (const summary of summaries) {
    for (const [clientId, activity] of summary.clients) {
      const sum = clients.get(clientId) ?? noActivity();
      mergeActivity(sum, activity);
      clients.set(clientId, sum);
    }
  }
  return clients;
}

function distinct(held: readonly HeldEndpoint[]): HeldEndpoint[] {
  return [...new Map(held.map((one) => [`${one.clientId} ${one.endpoint}`, one])).values()];
}

import { randomUUID } from 'node:crypto';
import type { ActivityRecorder, HeldEndpoint, ServiceName } from '@boomerang/domain';
import type { RedisConnection } from '../connection/connection.js';
import { writeSummary } from './write-summary.js';

const EVERY_MS = 1_000;
/** Endpoints that one summary names. */
const MOST_ENDPOINTS = 20;

export interface SummaryWriterOptions {
  readonly service: ServiceName;
  readonly version: string;
  readonly activity: ActivityRecorder;
  /** How the process stands. */
  readonly gauges: () => Promise<Record<string, number>>;
  readonly heldEndpoints?: () => readonly HeldEndpoint[];
  /** Is told of summaries that could not be written. */
  readonly onError: (error: unknown) => void;
}

/**
 * Writes a summary of this process once a second, until it is closed. One that can't be written is lost: the next one tells
 * of the next second.
 */
export function startSummaryWriter(redis: RedisConnection, options: SummaryWriterOptions): { close(): void } {
  const { service, version, activity, gauges, heldEndpoints = () => [], onError } = options;
  const identity = { service, version, instance: randomUUID().slice(0, 8), startedAtMs: Date.now() };
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function write(): Promise<void> {
    const held = heldEndpoints().slice(0, MOST_ENDPOINTS);
    const summary = { ...identity, ...activity.take(), gauges: await gauges(), heldEndpoints: held };
    await writeSummary(redis, summary);
  }

  function next(): void {
    timer = setTimeout(() => {
      write()
        .catch((error) => closed || onError(error))
        .finally(() => closed || next());
    }, untilNextBeat());
    timer.unref();
  }

  next();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** Timers may fire a moment too early: the beat that has just been kept is not the next one. */
function untilNextBeat(): number {
  const left = EVERY_MS - (performance.now() % EVERY_MS);
  return left < EVERY_MS / 2 ? left + EVERY_MS : left;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { encodeMarker, monotonicMs } from '../processes/marker.js';
import { PAYLOAD_BYTES } from '../processes/workload.js';
import type { ReconnectingSession } from './reconnecting-session.js';

const DELAY_MS = { least: 500, most: 1_500 };

/** Until a phase's first task and the last one of the phase before are due, ms. */
export const SEAM_MS = DELAY_MS.most + 100;

/** What was registered in one phase. */
export class PhaseLoad {
  readonly acked = new Set<number>();
  /** Registrations that were not answered with OK: their tasks may exist or not. */
  unknown = 0;
  next = 0;

  constructor(
    readonly name: string,
    readonly run: number,
  ) {}
}

/** Registers at a steady rate, however fast the answers come, for the phase of the moment. */
export class SteadyLoad {
  readonly phases: PhaseLoad[] = [];
  readonly #over = new AbortController();
  readonly #answers = new Set<Promise<void>>();
  #sending: Promise<void> | undefined;

  constructor(
    private readonly sessions: readonly ReconnectingSession[],
    private readonly perSecond: number,
  ) {}

  /** What is registered from now on belongs to this phase. */
  begin(name: string): void {
    this.phases.push(new PhaseLoad(name, this.phases.length + 1));
    this.#sending ??= this.#send();
  }

  /** Resolves when all has been answered. */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#sending;
    await Promise.all(this.#answers);
  }

  async #send(): Promise<void> {
    const startedAt = monotonicMs();
    for (let sent = 0; !this.#over.signal.aborted; await sleep(1)) {
      const wanted = ((monotonicMs() - startedAt) / 1_000) * this.perSecond;
      for (; sent < wanted; sent++) {
        const session = this.sessions[sent % this.sessions.length] as ReconnectingSession;
        const answer = this.#register(session, this.phases.at(-1) as PhaseLoad);
        this.#answers.add(answer);
        void answer.then(() => this.#answers.delete(answer));
      }
    }
  }

  async #register(reconnecting: ReconnectingSession, phase: PhaseLoad): Promise<void> {
    const index = phase.next++;
    const delayMs = DELAY_MS.least + ((index * 7_919) % (DELAY_MS.most - DELAY_MS.least + 1));
    const session = await reconnecting.current();
    try {
      const payload = encodeMarker({ run: phase.run, index, sentAt: monotonicMs() }, PAYLOAD_BYTES);
      await session.setTimeout(payload, delayMs);
      phase.acked.add(index);
    } catch {
      phase.unknown++;
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { encodeMarker, monotonicMs } from './marker.js';

export const PAYLOAD_BYTES = 100;

/** Registers one task. */
export type Register = (payload: Buffer, delayMs: number) => Promise<unknown>;

/** Tasks due one after the other, evenly, within a window that begins `startsInMs` from the first registration. */
export interface Burst {
  readonly run: number;
  readonly count: number;
  readonly startsInMs: number;
  readonly windowMs: number;
  /** Registrations that wait for their answers at a time. */
  readonly inFlight: number;
}

/** Tasks registered at a steady rate, however fast the answers come. */
export interface OpenLoop {
  readonly run: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** Delays are spread evenly over this range. */
  readonly leastDelayMs: number;
  readonly mostDelayMs: number;
}

/** Tasks registered one at a time, due at once. */
export interface OneByOne {
  readonly run: number;
  readonly count: number;
  /** Pauses are spread over this range. */
  readonly leastGapMs: number;
  readonly mostGapMs: number;
}

export interface Registered {
  readonly count: number;
  readonly failed: number;
  /** From the first registration to the last answer. */
  readonly seconds: number;
  /** When the first task of a burst was due, by `monotonicMs()`. */
  readonly windowAt: number;
}

export async function burst(register: Register, load: Burst): Promise<Registered> {
  const startedAt = monotonicMs();
  const windowAt = startedAt + load.startsInMs;
  const answers = new Answers();
  let next = 0;
  const chain = async () => {
    while (next < load.count) {
      const index = next++;
      const now = monotonicMs();
      const dueAt = windowAt + (index / load.count) * load.windowMs;
      const payload = encodeMarker({ run: load.run, index, sentAt: now }, PAYLOAD_BYTES);
      await answers.count(register(payload, Math.max(0, Math.round(dueAt - now))));
    }
  };
  await Promise.all(Array.from({ length: load.inFlight }, chain));
  return answers.registered(startedAt, windowAt);
}

export async function openLoop(register: Register, load: OpenLoop): Promise<Registered> {
  const startedAt = monotonicMs();
  const total = Math.round(load.perSecond * load.seconds);
  const range = load.mostDelayMs - load.leastDelayMs + 1;
  const answers = new Answers();
  for (let index = 0; index < total; await sleep(1)) {
    const wanted = Math.min(total, ((monotonicMs() - startedAt) / 1_000) * load.perSecond);
    for (; index < wanted; index++) {
      const payload = encodeMarker({ run: load.run, index, sentAt: monotonicMs() }, PAYLOAD_BYTES);
      void answers.count(register(payload, load.leastDelayMs + ((index * 7_919) % range)));
    }
  }
  await answers.all(total);
  return answers.registered(startedAt, startedAt);
}

export async function oneByOne(register: Register, load: OneByOne): Promise<Registered> {
  const startedAt = monotonicMs();
  const answers = new Answers();
  for (let index = 0; index < load.count; index++) {
    const payload = encodeMarker({ run: load.run, index, sentAt: monotonicMs() }, PAYLOAD_BYTES);
    await answers.count(register(payload, 0));
    await sleep(load.leastGapMs + Math.random() * (load.mostGapMs - load.leastGapMs));
  }
  return answers.registered(startedAt, startedAt);
}

class Answers {
  #good = 0;
  #failed = 0;
  #lastAt = 0;

  async count(answer: Promise<unknown>): Promise<void> {
    try {
      await answer;
      this.#good++;
    } catch (error) {
      if (this.#failed++ === 0) process.stderr.write(`a registration failed: ${error}\n`);
    }
    this.#lastAt = monotonicMs();
  }

  async all(total: number): Promise<void> {
    while (this.#good + this.#failed < total) await sleep(5);
  }

  registered(startedAt: number, windowAt: number): Registered {
    const seconds = (this.#lastAt - startedAt) / 1_000;
    return { count: this.#good, failed: this.#failed, seconds, windowAt };
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../bench.js';
import type { LoadMethods } from '../processes/load-process.js';
import type { ReceiverMethods } from '../processes/receiver-process.js';
import { type Peer, startPeer } from '../processes/rpc.js';
import type { Stack } from '../stack.js';

/** Registering what is due at once is over before that. */
const REGISTERED_PER_SECOND = 4_000;
/** The rest has been delivered when nothing has arrived for this long. */
const SILENCE_MS = 5_000;
/** A run of the flood's receiver: which one does not matter, as it has no other. */
const RUNS = { atOnce: 1, onAndOn: 2 };

export interface FloodAccount {
  readonly registered: number;
  /** Deliveries per second, from the first to the last. */
  readonly perSecond: number;
  readonly faults: readonly Fault[];
}

/** A client that registers more than can be delivered, with a receiver of its own. */
export class Flood {
  readonly #receiver = startPeer<ReceiverMethods>('receiver');
  #load: Peer<LoadMethods> | undefined;
  #atOnce = 0;
  #onAndOn = 0;

  /** Registers what is due at once. Monotonic ms at which that is. */
  async prepare(stack: Stack, count: number): Promise<number> {
    await this.#receiver.call('followClock', stack.redisUrl);
    const endpoint = await this.#receiver.call('url', undefined);
    this.#load = await stack.openLoad({ callback: { protocol: 'HTTP', endpoint } }, 'flood');
    const startsInMs = 3_000 + (count / REGISTERED_PER_SECOND) * 1_000;
    const startsAt = performance.now() + startsInMs;
    const burst = { run: RUNS.atOnce, count, startsInMs, windowMs: 0, inFlight: 256 };
    this.#atOnce = (await this.#load.call('burst', burst)).count;
    return startsAt;
  }

  /** Registers so many a second, all due at once. */
  async go(perSecond: number, seconds: number): Promise<void> {
    const load = { run: RUNS.onAndOn, perSecond, seconds, leastDelayMs: 0, mostDelayMs: 0 };
    const registered = await this.#load?.call('openLoop', load);
    this.#onAndOn = registered?.count ?? 0;
  }

  async received(): Promise<number> {
    const counts = await Promise.all(Object.values(RUNS).map((run) => this.#receiver.call('received', run)));
    return counts.reduce((sum, count) => sum + count);
  }

  /** Once all has been delivered, or nothing arrives any more. */
  async account(): Promise<FloodAccount> {
    let [received, since] = [0, performance.now()];
    const registered = this.#atOnce + this.#onAndOn;
    while (received < registered && performance.now() - since < SILENCE_MS) {
      await sleep(100);
      const now = await this.received();
      if (now !== received) [received, since] = [now, performance.now()];
    }
    const [atOnce, onAndOn] = await Promise.all([
      this.#receiver.call('summary', RUNS.atOnce),
      this.#receiver.call('summary', RUNS.onAndOn),
    ]);
    const last = Math.max(atOnce.lastAt, onAndOn.lastAt);
    const faults = [
      { name: 'due at once', lost: this.#atOnce - atOnce.received, ...atOnce },
      { name: 'the flood', lost: this.#onAndOn - onAndOn.received, ...onAndOn },
    ];
    return {
      registered,
      perSecond: (received / (last - atOnce.firstAt)) * 1_000,
      faults: faults
        .map(({ name, lost, doubled, early }) => ({ name, lost, doubled, early }))
        .filter(({ lost, doubled, early }) => lost !== 0 || doubled + early > 0),
    };
  }

  stop(): Promise<void> {
    return this.#receiver.stop();
  }
}

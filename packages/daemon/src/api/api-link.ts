import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiEvent, ApiRefusal } from './api-event.js';
import type { EventStream, StreamListener } from './event-stream.js';

/** A gateway, as far as the link needs it. */
export interface Gateway {
  open(listener: StreamListener): Promise<EventStream>;
}

export interface LinkListener {
  /** The first thing that is said on a new stream. */
  hello(): ApiEvent;
  /** There is a stream, and the API has taken the hello. */
  up(): void;
  event(event: ApiEvent): void;
  /** There is no stream; another will be opened. */
  down(error: Error): void;
}

/** What was asked before the stream ended may have been carried out, or not. */
export class LinkDownError extends Error {
  override readonly name = 'LinkDownError';
}

interface Asked {
  readonly mark: string;
  readonly refusals: ApiRefusal[];
  readonly resolve: (refusals: readonly ApiRefusal[]) => void;
  readonly reject: (error: Error) => void;
}

/** From an ask to its answer. A gateway that takes longer is left, ms. */
const ANSWER_LIMIT_MS = 10_000;
/** How often something is asked, so that a stream that is dead is noticed, ms. */
const PING_EVERY_MS = 10_000;
/** Between two tries: doubled from the first to the last, and half of it by chance, ms. */
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 10_000;
/** A stream that lasted longer was a good one, ms. */
const STEADY_MS = 5_000;

/**
 * Keeps one stream of events with the API, to any of its gateways.
 *
 * What is asked is confirmed: the API carries out the events of a stream one by one and answers a `ping` with its mark, so when
 * the mark of a ping comes back, everything before it was carried out, but for what an `error` was told of in between.
 */
export class ApiLink {
  readonly #asked: Asked[] = [];
  readonly #stopping = new AbortController();
  #stream: EventStream | undefined;
  #isUp = false;
  #marks = 0;
  #running: Promise<void> | undefined;

  constructor(
    private readonly gateways: readonly Gateway[],
    private readonly listener: LinkListener,
  ) {}

  get isUp(): boolean {
    return this.#isUp;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#stream?.close();
    this.#fail(new Error('the daemon stops'));
    await this.#running;
  }

  /**
   * Resolves, once everything was carried out or refused, with the refusals.
   *
   * @throws LinkDownError when that isn't known.
   */
  ask(events: readonly ApiEvent[]): Promise<readonly ApiRefusal[]> {
    const stream = this.#stream;
    if (!stream) return Promise.reject(new LinkDownError('there is no stream with the API'));
    for (const event of events) stream.send(event);
    this.#marks += 1;
    const mark = String(this.#marks);
    return new Promise<readonly ApiRefusal[]>((resolve, reject) => {
      const late = setTimeout(
        () => this.#fail(new Error('the API has not answered in time')),
        ANSWER_LIMIT_MS,
      );
      this.#asked.push({
        mark,
        refusals: [],
        resolve: (refusals) => {
          clearTimeout(late);
          resolve(refusals);
        },
        reject: (error) => {
          clearTimeout(late);
          reject(error);
        },
      });
      stream.send({ type: 'ping', data: { at_ms: mark } });
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const count = this.gateways.length;
    const first = Math.floor(Math.random() * count);
    for (let tries = 0, next = first; !signal.aborted; next += 1) {
      const begunMs = performance.now();
      await this.#useOne(this.gateways[next % count] as Gateway);
      if (signal.aborted) return;
      tries = performance.now() - begunMs > STEADY_MS ? 1 : tries + 1;
      // Only when all have been tried there is a reason to wait longer.
      const rounds = Math.floor(tries / count);
      const pauseMs = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(rounds, 10));
      await sleep(pauseMs / 2 + (Math.random() * pauseMs) / 2, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Opens a stream and uses it until it ends. */
  async #useOne(gateway: Gateway): Promise<void> {
    let ended: (error: Error) => void = () => undefined;
    const end = new Promise<Error>((resolve) => {
      ended = resolve;
    });
    let ping: NodeJS.Timeout | undefined;
    try {
      this.#stream = await gateway.open({
        event: (event) => this.#hear(event),
        ended: (error) => this.#fail(error),
      });
      this.#ended = ended;
      if (this.#stopping.signal.aborted) return;
      const refusals = await this.ask([this.listener.hello()]);
      const [refusal] = refusals;
      if (refusal) throw new Error(`the API refuses the daemon: ${refusal.message}`);
      this.#isUp = true;
      ping = setInterval(() => void this.ask([]).catch(() => undefined), PING_EVERY_MS);
      this.listener.up();
      throw await end;
    } catch (error) {
      this.#fail(error as Error);
      if (!this.#stopping.signal.aborted) this.listener.down(error as Error);
    } finally {
      clearInterval(ping);
    }
  }

  #ended: (error: Error) => void = () => undefined;

  #hear(event: ApiEvent): void {
    const { type, data } = event;
    if (type === 'ping') this.#stream?.send({ type: 'pong', data: { at_ms: data.at_ms ?? '' } });
    else if (type === 'pong') this.#answer(data.at_ms ?? '');
    else if (type === 'error') {
      const { of = '', code = '', message = '' } = data;
      this.#asked[0]?.refusals.push({ of, code, message });
    } else this.listener.event(event);
  }

  #answer(mark: string): void {
    const index = this.#asked.findIndex((asked) => asked.mark === mark);
    for (const asked of this.#asked.splice(0, index + 1)) asked.resolve(asked.refusals);
  }

  #fail(error: Error): void {
    this.#isUp = false;
    this.#stream?.close();
    this.#stream = undefined;
    for (const asked of this.#asked.splice(0))
      asked.reject(new LinkDownError(error.message, { cause: error }));
    this.#ended(error);
  }
}

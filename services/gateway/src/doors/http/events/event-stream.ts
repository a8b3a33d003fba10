import type { ServerResponse } from 'node:http';
import { BoomerangError } from '@boomerang/domain';
import type { SubscribedEvent, Subscriber, Subscription } from '../../../events/subscription.js';
import { problemOf } from '../problem.js';
import { eventToMessage, messageOf, positionOf } from './event-to-json.js';

/** How often a stream says something, ms: less than proxies and the door wait for the next byte. */
const SAY_EVERY_MS = 15_000;
/**
 * How often it is checked that the caller may still read, ms. What the check trusts may be 400 ms old and then shows at the
 * next one, so that the stream ends within a second.
 */
const CHECK_EVERY_MS = 250;
/** How long a reader waits before it connects again, ms. */
const RECONNECT_MS = 1_000;

/** Codes for which a caller is turned out; while Redis is away, nobody is. */
const TURNED_OUT: ReadonlySet<string> = new Set(['unauthorized', 'session_expired', 'forbidden']);

export const EVENT_STREAM_TYPE = 'text/event-stream';

const HEAD = {
  'content-type': `${EVENT_STREAM_TYPE}; charset=utf-8`,
  'cache-control': 'no-store, no-transform',
  // nginx would collect events before it passes them on.
  'x-accel-buffering': 'no',
};

/**
 * A response that tells events as they come. It takes no more than its reader reads: meanwhile the subscription stands
 * still, and nothing is collected for it.
 */
export class EventStream {
  readonly #timers: NodeJS.Timeout[] = [];
  #subscription: Subscription | undefined;

  /** @param stillGood rejects when the caller may not read any more. */
  constructor(
    private readonly response: ServerResponse,
    private readonly stillGood: () => Promise<void>,
  ) {}

  /** What a subscription needs of it. */
  get reader(): Pick<Subscriber, 'take' | 'drained'> {
    return {
      take: (event) => this.#take(event),
      drained: () => this.#drained(),
    };
  }

  /** Sends the head of the response, and where the reader stands. */
  begin(subscription: Subscription): void {
    this.#subscription = subscription;
    this.response.once('close', () => this.#tidy());
    this.#writeHead();
    this.response.write(`retry: ${RECONNECT_MS}\n${positionOf(subscription.position)}`);
    this.#timers.push(
      setInterval(() => this.#say(), SAY_EVERY_MS),
      setInterval(() => void this.#check(), CHECK_EVERY_MS),
    );
  }

  /** The reader comes again with the id of the last event. Can be called twice. */
  end(): void {
    this.#tidy();
    this.response.end();
  }

  #take(event: SubscribedEvent): boolean {
    this.#writeHead();
    return this.response.write(eventToMessage(event)) || this.response.destroyed;
  }

  async #drained(): Promise<void> {
    const { response } = this;
    if (!response.writableNeedDrain || response.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        response.off('drain', done).off('close', done);
        resolve();
      };
      response.on('drain', done).on('close', done);
    });
  }

  #writeHead(): void {
    if (!this.response.headersSent) this.response.writeHead(200, HEAD);
  }

  #say(): void {
    if (this.#subscription && !this.response.writableNeedDrain)
      this.response.write(positionOf(this.#subscription.position));
  }

  async #check(): Promise<void> {
    try {
      await this.stillGood();
    } catch (thrown) {
      const error = BoomerangError.from(thrown);
      if (!TURNED_OUT.has(error.code) || this.response.writableEnded) return;
      this.response.write(messageOf('end', problemOf(error)));
      this.end();
    }
  }

  #tidy(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#subscription?.close();
  }
}

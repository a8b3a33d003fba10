import type { ServerResponse } from 'node:http';
import { BoomerangError } from '@boomerang/domain';
import type { EventHub } from '../../../events/event-hub.js';
import type { Subscriber, Subscription } from '../../../events/subscription.js';
import { Deadline } from '../../../operations/deadline.js';
import type { StreamLimit } from '../../shared/stream-limit.js';
import { EventStream } from './event-stream.js';

interface EventStreamsOptions {
  readonly hub: EventHub;
  readonly limit: StreamLimit;
  readonly redisTimeoutMs: number;
  /** Hears how many are open. */
  readonly onCount: (open: number) => void;
}

export type Followed = Pick<Subscriber, 'clientId' | 'after' | 'kinds'>;

/** The streams of events that are open over HTTP. */
export class EventStreams {
  readonly #open = new Set<EventStream>();
  #closed = false;

  constructor(private readonly options: EventStreamsOptions) {}

  /**
   * Answers with events until the reader goes, or may not read any more.
   *
   * @throws BoomerangError before anything is answered: `exhausted` when the client has too many streams open.
   */
  async serve(response: ServerResponse, followed: Followed, stillGood: () => Promise<void>): Promise<void> {
    const leave = this.options.limit.of(followed.clientId);
    const stream = new EventStream(response, stillGood);
    try {
      const subscription = await this.#subscribe({ ...followed, ...stream.reader });
      if (response.destroyed || this.#closed) {
        subscription.close();
        throw new BoomerangError('unavailable', 'the gateway is stopping');
      }
      this.#open.add(stream);
      this.options.onCount(this.#open.size);
      response.once('close', () => {
        leave();
        this.#open.delete(stream);
        this.options.onCount(this.#open.size);
      });
      stream.begin(subscription);
    } catch (error) {
      leave();
      throw error;
    }
  }

  /** A subscription that comes too late is closed when it comes. */
  async #subscribe(subscriber: Subscriber): Promise<Subscription> {
    const subscribing = this.options.hub.subscribe(subscriber);
    try {
      return await new Deadline(this.options.redisTimeoutMs).reading(() => subscribing);
    } catch (error) {
      subscribing.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    }
  }

  /** Ends all of them. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#open) stream.end();
  }
}

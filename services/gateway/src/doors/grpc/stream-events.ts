import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  BoomerangError,
  type Caller,
  type EventStore,
  invalidField,
  requirePermission,
} from '@boomerang/domain';
import type { spage } from '@boomerang/protocol';
import type { handleBidiStreamingCall, Metadata, ServerDuplexStream } from '@grpc/grpc-js';
import type { EventHub } from '../../events/event-hub.js';
import { readSubscribe, subscribedToStream } from '../../events/subscribe-message.js';
import type { Subscription } from '../../events/subscription.js';
import { type HelloMessage, readDaemonMessage } from '../../executions/daemon-message.js';
import { DaemonSession, type DaemonSessionDependencies } from '../../executions/daemon-session.js';
import type { Daemons } from '../../executions/daemons.js';
import type { StreamEvent } from '../../executions/event.js';
import type { StreamLimit } from '../shared/stream-limit.js';
import { type Asker, askerOf } from './asker.js';
import { requireReadable } from './readable.js';
import { errorToStatus } from './status.js';

type WireEvent = spage.core.Event.$Properties;
type Call = ServerDuplexStream<WireEvent, WireEvent>;

export interface StreamDependencies extends DaemonSessionDependencies {
  readonly daemons: Daemons;
  readonly events: EventStore;
  readonly hub: EventHub;
  readonly limit: StreamLimit;
  /** Who calls. */
  readonly authenticate: (asker: Asker) => Promise<Caller>;
  /** Rejects when a caller who was found so is not good any more. */
  readonly stillGood: (metadata: Metadata, caller: Caller) => Promise<void>;
}

/** How often the stream says something, ms: a proxy does not pass on the pings of HTTP/2. */
const PING_EVERY_MS = 20_000;
/** A daemon that has said nothing for this long is taken for gone, ms. */
const SILENCE_LIMIT_MS = 60_000;
/**
 * How often it is checked that the caller may still do what it does, ms. What the check trusts may be 400 ms old and then
 * shows at the next one, so that the stream ends within a second.
 */
const CHECK_EVERY_MS = 250;
/** Why what waits for the stream is ended; without a reason each end would cost an error with a stack. */
const CLOSED = 'the stream has ended';
/** Bad events in a row after which a stream is ended. */
const MOST_BAD_EVENTS = 100;

/** Serves `StreamEvents`. */
export function streamEvents(deps: StreamDependencies): handleBidiStreamingCall<WireEvent, WireEvent> {
  return (call) => void new EventStream(call, deps).run();
}

/** One call: what comes is carried out in order, one by one, so that a flood waits in its sender's window. */
class EventStream {
  readonly #id = randomUUID();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #closing = new AbortController();
  #session: DaemonSession | undefined;
  #subscription: Subscription | undefined;
  readonly #leaves: (() => void)[] = [];
  #heardAt = performance.now();
  #badEvents = 0;
  #ended = false;

  constructor(
    private readonly call: Call,
    private readonly deps: StreamDependencies,
  ) {}

  async run(): Promise<void> {
    // A stream that its client cancels ends with an error like any other.
    this.call.on('error', () => undefined);
    this.call.on('cancelled', () => this.#closing.abort(CLOSED));
    try {
      const asker = askerOf(this.call);
      const [bearer = asker.certificate()?.fingerprint ?? ''] = this.call.metadata.get('authorization');
      this.#leaves.push(this.deps.limit.showing(String(bearer)));
      const caller = await this.deps.authenticate(asker);
      this.#leaves.push(this.deps.limit.of(caller.clientId));
      this.#timers.push(
        setInterval(() => this.#ping(), PING_EVERY_MS),
        setInterval(() => void this.#check(caller), CHECK_EVERY_MS),
      );
      await this.#listen(caller);
      this.#end();
    } catch (thrown) {
      this.#fail(thrown);
    } finally {
      this.#closing.abort(CLOSED);
      for (const timer of this.#timers) clearInterval(timer);
      this.#subscription?.close();
      for (const leave of this.#leaves) leave();
      if (this.#session) await this.deps.daemons.remove(this.#session);
    }
  }

  /**
   * Hears event after event, until there are no more or the stream has ended. Not by iterating over the call: an iterator
   * destroys it when the stream is ended with an error, and with it the status that waits behind what is still to be written.
   */
  #listen(caller: Caller): Promise<void> {
    const { call } = this;
    let hearing = Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => void hearing.then(resolve);
      this.#closing.signal.addEventListener('abort', finish);
      if (this.#closing.signal.aborted) finish();
      call.on('end', finish);
      call.on('data', (event: WireEvent) => {
        call.pause();
        hearing = this.#hear(caller, event)
          .then(() => this.#drained())
          .then(() => void (this.#closing.signal.aborted || call.resume()));
      });
    });
  }

  /** Who sends and does not read what is answered is not read any further. */
  async #drained(): Promise<void> {
    if (!this.call.writableNeedDrain || this.#closing.signal.aborted) return;
    await once(this.call, 'drain', { signal: this.#closing.signal }).catch(() => undefined);
  }

  #ping(): void {
    if (this.#session && performance.now() - this.#heardAt > SILENCE_LIMIT_MS) {
      const silence = `nothing was heard of the daemon for ${SILENCE_LIMIT_MS} ms; connect again`;
      this.#fail(new BoomerangError('unavailable', silence));
    } else this.#send({ type: 'ping', data: { at_ms: String(Date.now()) } });
  }

  /** Ends the stream of a caller who may not do this any more. While Redis is away, nobody is turned out. */
  async #check(caller: Caller): Promise<void> {
    try {
      await this.deps.stillGood(this.call.metadata, caller);
    } catch (thrown) {
      const error = BoomerangError.from(thrown);
      if (error.code === 'unauthorized' || error.code === 'forbidden') this.#fail(error);
    }
  }

  /** An event that can't be carried out is answered; the stream goes on, unless there is no end to such events. */
  async #hear(caller: Caller, received: WireEvent): Promise<void> {
    this.#heardAt = performance.now();
    const event = { type: received.type ?? '', data: received.data ?? {} };
    try {
      requireReadable(received);
      await this.#carryOut(caller, event);
      this.#badEvents = 0;
    } catch (thrown) {
      const error = BoomerangError.from(thrown);
      if (error.code === 'internal') this.deps.log.internalError('StreamEvents', thrown);
      this.#badEvents += 1;
      if (this.#badEvents > MOST_BAD_EVENTS || error.code === 'conflict') this.#fail(error);
      else this.#send({ type: 'error', data: { of: event.type, code: error.code, message: error.message } });
    }
  }

  async #carryOut(caller: Caller, event: StreamEvent): Promise<void> {
    if (event.type === 'subscribe') {
      await this.#subscribe(caller, event);
      return;
    }
    const message = readDaemonMessage(event);
    if (message.kind === 'pong') return;
    if (message.kind === 'ping') this.#send({ type: 'pong', data: { at_ms: message.atMs } });
    else if (message.kind === 'hello') await this.#greet(caller, message);
    else await this.#requireSession(event.type).hear(message);
    this.#session?.offerSoon();
  }

  async #subscribe(caller: Caller, event: StreamEvent): Promise<void> {
    requirePermission(caller, 'read');
    const { clientId } = caller;
    const { kinds, after: text } = readSubscribe(event);
    const after = text === '' ? undefined : await this.deps.events.parseCursor(text);
    if (text !== '' && !after)
      throw invalidField('subscribe.after', 'it is no id of an event', 'an id as it came');
    this.#subscription?.close();
    this.#subscription = await this.deps.hub.subscribe({
      clientId,
      after,
      kinds,
      take: (taken) => this.#send(subscribedToStream(taken)),
      drained: () => this.#drained(),
    });
  }

  async #greet(caller: Caller, hello: HelloMessage): Promise<void> {
    requirePermission(caller, 'execute');
    const { clientId } = caller;
    if (this.#session)
      throw new BoomerangError('conflict', 'daemon.hello: it came before; allowed: once a stream');
    const stream = {
      send: (event: StreamEvent) => void this.#send(event),
      end: (error: BoomerangError) => this.#fail(error),
    };
    this.#session = await DaemonSession.open(hello, clientId, this.#id, stream, this.deps);
    this.deps.daemons.add(this.#session);
  }

  #requireSession(type: string): DaemonSession {
    if (this.#session) return this.#session;
    throw invalidField(type, 'no daemon.hello came before it', 'daemon.hello first');
  }

  /** False if no more should be sent until what was sent has drained. */
  #send({ type, data, id = '' }: StreamEvent & { readonly id?: string }): boolean {
    if (this.#ended) return true;
    const nowMs = Date.now();
    const timestamp = { seconds: Math.floor(nowMs / 1_000), nanos: (nowMs % 1_000) * 1_000_000 };
    return this.call.write({ id, type, data: { ...data }, timestamp });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.call.end();
  }

  #fail(thrown: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#closing.abort(CLOSED);
    this.call.emit('error', errorToStatus(BoomerangError.from(thrown)));
  }
}

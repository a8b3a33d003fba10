import type { ApiEvent } from '../src/api/api-event.js';
import type { Gateway } from '../src/api/api-link.js';
import type { StreamListener } from '../src/api/event-stream.js';

/** What a gateway answers to an event, before it goes on to the next; 'break' ends the stream, 'silent' answers no ping more. */
export type Answer = readonly ApiEvent[] | 'break' | 'silent';

/** The gateway's end of the stream of events: it carries out one by one, and answers each ping in its turn. */
export class TestApi implements Gateway {
  readonly heard: ApiEvent[] = [];
  streams = 0;
  isAway = false;
  #listener: StreamListener | undefined;
  #silent = false;

  constructor(public answer: (event: ApiEvent) => Answer = () => []) {}

  async open(listener: StreamListener) {
    if (this.isAway) throw new Error('the gateway is away');
    this.streams += 1;
    this.#silent = false;
    this.#listener = listener;
    return {
      send: (event: ApiEvent) => queueMicrotask(() => this.#take(event, listener)),
      close: () => {
        if (this.#listener === listener) this.#listener = undefined;
      },
    };
  }

  /** Says something on its own. */
  tell(event: ApiEvent): void {
    this.#listener?.event(event);
  }

  break(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.ended(new Error('the stream broke'));
  }

  of(type: string): ApiEvent[] {
    return this.heard.filter((event) => event.type === type);
  }

  #take(event: ApiEvent, listener: StreamListener): void {
    if (this.#listener !== listener || this.#silent) return;
    if (event.type === 'ping') {
      listener.event({ type: 'pong', data: event.data });
      return;
    }
    this.heard.push(event);
    const answer = this.answer(event);
    if (answer === 'break') this.break();
    else if (answer === 'silent') this.#silent = true;
    else for (const each of answer) listener.event(each);
  }
}

export const refusal = (of: string, code: string): readonly ApiEvent[] => [
  { type: 'error', data: { of, code, message: `${of} was refused` } },
];

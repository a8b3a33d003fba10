import type { Callback } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';

/** What a receiver does with a callback. */
export type Behaviour =
  | { readonly answer: boomerang.CallbackResponse.$Properties; readonly afterMs?: number }
  /** Answers never. */
  | 'silence'
  /** Resets the connection. */
  | 'reset'
  /** Resets the connection in the middle of the answer. */
  | 'partial'
  /** Answers what is none. */
  | 'garbage'
  /** Answers more than an answer may have. */
  | 'flood';

export interface TestReceiver {
  readonly callback: Callback;
  readonly received: readonly boomerang.CallbackRequest.$Properties[];
  /** Connections that were made to it so far; over UDP the ports that sent. */
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Closes what is connected, but goes on to listen. */
  disconnect(): void;
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

export type StartReceiver = (behave: () => Behaviour) => Promise<TestReceiver>;

export const FLOOD = Buffer.alloc(1_000_000, 1);

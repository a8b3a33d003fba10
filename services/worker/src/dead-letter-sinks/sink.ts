import type { OutsideDestination } from '@boomerang/domain';

/** A dead letter as destinations outside get it. */
export interface Message {
  /** The same however often it is sent: what receivers know a duplicate by. */
  readonly id: string;
  readonly clientId: string;
  readonly taskId: string;
  readonly deadLetteredAtMs: number;
  /** JSON in UTF-8. */
  readonly body: Buffer;
}

/** Sends dead letters to one kind of destination. */
export interface Sink<D extends OutsideDestination = OutsideDestination> {
  /**
   * Resolves once the destination has acknowledged the message.
   *
   * @throws MessageRefusedError when another message might be taken, anything else when none would be now.
   */
  send(destination: D, message: Message): Promise<void>;
  close(): Promise<void>;
}

/** The destination is there and does not take this very message. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';
}

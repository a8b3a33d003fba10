import type { OutsideDestination } from '@boomerang/domain';

/** A dead letter as destinations outside get it. */
export interface Message {
  /** The same each time the dead letter is sent: receivers recognise duplicates by it. */
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
   * @throws MessageRefusedError when the destination refuses this message but may take others; any other error when the
   * destination takes no message now.
   */
  send(destination: D, message: Message): Promise<void>;
  close(): Promise<void>;
}

/** The destination is reachable but refuses this message. */
export class MessageRefusedError extends Error {
  override readonly name = 'MessageRefusedError';
}

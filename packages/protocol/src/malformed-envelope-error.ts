/** Bytes that are no BoomerangEnvelope. The message says what is wrong with them; `cause` is the parser's error. */
export class MalformedEnvelopeError extends Error {
  override readonly name = 'MalformedEnvelopeError';
  readonly code = 'MALFORMED_ENVELOPE';

  /** @param isHandshake whether it carries a handshake, for all that can be read of it. */
  constructor(
    bytes: number,
    cause: unknown,
    readonly isHandshake = false,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${bytes} bytes are not a BoomerangEnvelope: ${reason}`, { cause });
  }
}

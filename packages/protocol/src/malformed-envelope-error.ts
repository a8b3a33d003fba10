/** Bytes that are no BoomerangEnvelope. The message says what is wrong with them; `cause` is the parser's error. */
export class MalformedEnvelopeError extends Error {
  override readonly name = 'MalformedEnvelopeError';
  readonly code = 'MALFORMED_ENVELOPE';

  constructor(bytes: number, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${bytes} bytes are not a BoomerangEnvelope: ${reason}`, { cause });
  }
}

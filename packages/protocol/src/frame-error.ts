/**
 * A peer announced a frame that is larger than it may send. The stream can't be read on after that: answer, and
 * close the connection.
 */
export class FrameError extends Error {
  override readonly name = 'FrameError';
  readonly code = 'FRAME_TOO_LARGE';

  constructor(
    /** The length that the peer announced, in bytes. */
    readonly announcedBytes: number,
    /** The length that it was allowed, in bytes. */
    readonly allowedBytes: number,
    /** The frames in front of it that the same chunk completed; they are whole and may be handled. */
    readonly precedingFrames: readonly Buffer[],
  ) {
    super(`a frame of ${announcedBytes} bytes was announced, at most ${allowedBytes} are allowed`);
  }
}

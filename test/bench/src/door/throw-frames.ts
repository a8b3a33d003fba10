import { connect } from 'node:net';
import { decodeEnvelope, encodeFrame, FrameDecoder } from '@boomerang/protocol';
import { type Identity, mutatedFrames } from './mutations.js';

export interface ThrowOptions extends Identity {
  readonly port: number;
  readonly frames: number;
  readonly seed: number;
  /** Connections at a time. */
  readonly connections: number;
  /** It ends then, however many were thrown, ms. */
  readonly forMs: number;
}

export interface ThrowResult {
  readonly thrown: number;
  /** Told so in an answer of any status. */
  readonly answered: number;
  /** Told so in an error response, which cost the connection. */
  readonly refused: number;
  /** Without an answer: the frame announced more than came, and the connection was given up. */
  readonly unfinished: number;
  readonly connections: number;
}

/** Throws mutated frames one by one, so that the gateway has looked at each when the next one comes. */
export async function throwFrames(options: ThrowOptions): Promise<ThrowResult> {
  const frames = mutatedFrames(options, options.seed);
  const tally = { thrown: 0, answered: 0, refused: 0, unfinished: 0, connections: 0 };
  const overAt = performance.now() + options.forMs;
  const left = () => tally.thrown < options.frames && performance.now() < overAt;
  async function keepThrowing(): Promise<void> {
    while (left()) {
      tally.connections++;
      await oneConnection(options, frames, tally, left);
    }
  }
  await Promise.all(Array.from({ length: options.connections }, keepThrowing));
  return tally;
}

/** Begins with a refresh, so that what follows reaches the operations. Ends when the gateway ends it. */
function oneConnection(
  { port, sessionId }: ThrowOptions,
  frames: Generator<Buffer, never>,
  tally: { thrown: number; answered: number; refused: number; unfinished: number },
  left: () => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const decoder = new FrameDecoder();
    let waiting = false;

    function next(): void {
      if (!left()) {
        socket.destroy();
        return;
      }
      tally.thrown++;
      waiting = true;
      const frame = frames.next().value;
      socket.write(frame);
      // What was announced will never be whole: the gateway has to notice the end instead.
      if (frame.readUInt32BE(0) !== frame.length - 4) socket.end();
    }

    socket.on('connect', () => socket.write(encodeFrame({ sessionId, sessionRefresh: {} })));
    socket.on('data', (chunk: Buffer) => {
      for (const answer of decoder.push(chunk).map(decodeEnvelope)) {
        const lost = answer.errorResponse && answer.errorResponse.code !== 'INVALID_REQUEST';
        if (waiting) tally[lost ? 'refused' : 'answered']++;
        waiting = false;
        if (!lost && !socket.writableEnded) next();
      }
    });
    socket.on('error', (error) => {
      // The gateway may close while a next frame is on its way.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') reject(error);
    });
    socket.on('close', () => {
      if (waiting) tally.unfinished++;
      resolve();
    });
  });
}

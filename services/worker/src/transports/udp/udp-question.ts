import { createSocket, type Socket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import type { AttemptResult, ErrorClass } from '@boomerang/domain';
import { CLOSED } from '../shared/closing.js';
import { connectFailure } from '../shared/connect-failure.js';
import { describeError } from '../shared/describe-error.js';
import { judgeEnvelope } from '../shared/judge-envelope.js';

export interface Question {
  readonly datagram: Buffer;
  /** Id in the datagram's envelope. An earlier attempt may have used the same port, and its answer may come late. */
  readonly requestId: number;
  readonly port: number;
  readonly endsAt: number;
  readonly closing: AbortSignal;
}

/**
 * Sends a datagram from a port of its own and waits there for the answer. The socket is connected, so it receives only
 * from the receiver, and it gets an error when nobody listens on the receiver's port.
 */
export async function ask(
  { address, family }: LookupAddress,
  question: Question,
  objection: () => string | undefined,
): Promise<AttemptResult> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    socket.connect(question.port, address);
    await once(socket, 'connect');
    const error = objection();
    return error === undefined ? await answerTo(question, socket) : { kind: 'not_sent', error };
  } catch (error) {
    return connectFailure(error as Error);
  } finally {
    socket.close();
  }
}

function answerTo(
  { datagram, requestId, endsAt, closing }: Question,
  socket: Socket,
): Promise<AttemptResult> {
  return new Promise((resolve) => {
    const end = (result: AttemptResult) => {
      clearTimeout(timer);
      closing.removeEventListener('abort', abort);
      resolve(result);
    };
    const abort = () => end(failed('reset', CLOSED.message));
    closing.addEventListener('abort', abort);
    const timer = setTimeout(() => end(failed('timeout', 'no answer in time')), endsAt - performance.now());
    const lost = (error: Error) => end(failed('connect', describeError(error)));
    socket.on('error', lost);
    socket.on('message', (answer) => {
      const result = judgeEnvelope(answer, requestId);
      if (result) end(result);
    });
    socket.send(datagram, (error) => error && lost(error));
  });
}

function failed(errorClass: ErrorClass, error: string): AttemptResult {
  return { kind: 'retryable', errorClass, error };
}

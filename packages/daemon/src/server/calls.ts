import { BoomerangError, ERROR_CODES } from '@boomerang/domain';
import { encodeRpcStatus, RPC_STATUS_TRAILER, type spage } from '@boomerang/protocol';
import {
  type handleBidiStreamingCall,
  type handleUnaryCall,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { DaemonLog } from '../log.js';
import type { DaemonMetrics } from '../metrics.js';
import { requireBearer } from './bearer.js';
import type { Speakers } from './speakers.js';

export interface CallDependencies {
  /** What callers have to show; undefined = nothing. */
  readonly token: string | undefined;
  readonly metrics: DaemonMetrics;
  readonly log: DaemonLog;
  /** What ends each stream that is open. */
  readonly streams: Set<() => void>;
  /** Which runs are spoken of on streams that are open. */
  readonly speakers: Speakers;
}

/** The answer of a call that couldn't be carried out. */
export interface Refused {
  readonly success: false;
  readonly error: spage.core.Error.$Properties;
}

/**
 * Makes a handler of what answers a request. An error about the request is an answer, as engines expect it; whoever shows no
 * token is refused by the status of the call.
 *
 * @param peer address of the caller.
 */
export function unary<Request, Response>(
  method: string,
  { token, metrics, log }: CallDependencies,
  answer: (request: Request, peer: string) => Response | Promise<Response>,
): handleUnaryCall<Request, Response | Refused> {
  return (call, done) => {
    const run = async (): Promise<Response | Refused> => {
      requireBearer(call.metadata, token);
      try {
        const answered = await answer(call.request, call.getPeer());
        metrics.call(method, 'ok');
        return answered;
      } catch (thrown) {
        const error = BoomerangError.from(thrown);
        if (error.code === 'internal') log.internalError(method, thrown);
        else log.refused(method, error.message);
        metrics.call(method, error.code);
        return { success: false, error: errorToWire(error) };
      }
    };
    run().then(
      (answered) => done(null, answered),
      (thrown: unknown) => done(errorToStatus(thrown)),
    );
  };
}

/**
 * Makes a handler of what hears a stream. Nothing is answered, and the stream is open until its sender ends it. A message that
 * can't be carried out is passed over: the stream would never be opened again.
 *
 * @param hear names the run that the message is about.
 */
export function listening<Message>(
  method: string,
  { token, metrics, log, streams, speakers }: CallDependencies,
  hear: (message: Message, peer: string) => string,
): handleBidiStreamingCall<Message, Message> {
  return (call) => {
    try {
      requireBearer(call.metadata, token);
    } catch (thrown) {
      call.emit('error', errorToStatus(thrown));
      return;
    }
    call.on('data', (message: Message) => {
      try {
        speaker.names(hear(message, call.getPeer()));
        metrics.call(method, 'ok');
      } catch (thrown) {
        const error = BoomerangError.from(thrown);
        metrics.call(method, error.code);
        log.refused(method, error.message);
      }
    });
    const stops = new BoomerangError('unavailable', 'the daemon stops');
    const cut = () => void call.emit('error', errorToStatus(stops));
    streams.add(cut);
    const speaker = speakers.begin();
    const over = () => {
      streams.delete(cut);
      speaker.end();
    };
    // An engine may cancel a stream instead of ending it. Neither says how its play went.
    call.on('error', over);
    call.on('cancelled', over);
    call.on('end', () => {
      over();
      call.end();
    });
  };
}

export function errorToWire(error: BoomerangError): spage.core.Error.$Properties {
  const details: Record<string, string> = error.field === undefined ? {} : { field: error.field };
  return { code: error.code, message: error.message, details };
}

function errorToStatus(thrown: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const error = BoomerangError.from(thrown);
  const code = status[ERROR_CODES[error.code].grpc];
  const metadata = new Metadata();
  metadata.set(RPC_STATUS_TRAILER, encodeRpcStatus(code, errorToWire(error)));
  return { code, details: error.message, metadata };
}

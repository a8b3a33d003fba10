import { BoomerangError } from '@boomerang/domain';
import type { handleUnaryCall, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import type { CallTime } from '../../operations/deadline.js';
import { type Asker, askerOf } from './asker.js';
import { requireReadable } from './readable.js';
import { errorToStatus } from './status.js';

export interface CallDependencies {
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
}

/** What comes with the request of a call. */
export interface CallContext extends Asker {
  readonly time: CallTime;
}

/**
 * Makes a handler from a function that answers a request. An error of the function becomes the status of the call.
 *
 * @param operation the RPC's name, as metrics and logs have it.
 */
export function unary<Request, Response>(
  operation: string,
  { metrics, log }: CallDependencies,
  answer: (request: Request, context: CallContext) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, done: sendUnaryData<Response>) => {
    const stop = metrics.request(operation);
    const answering = async () => answer(requireReadable(call.request), contextOf(call));
    answering().then(
      (response) => {
        stop('ok');
        done(null, response);
      },
      (thrown: unknown) => {
        const error = BoomerangError.from(thrown);
        if (error.code === 'internal') log.internalError(operation, thrown);
        stop(error.code);
        done(errorToStatus(error));
      },
    );
  };
}

/** Its signal is aborted when a call ends early, by its deadline or because its client cancelled it. */
function contextOf<Request, Response>(call: ServerUnaryCall<Request, Response>): CallContext {
  const gone = new AbortController();
  call.on('cancelled', () => gone.abort('the call has ended'));
  return {
    ...askerOf(call),
    time: { leftMs: Number(call.getDeadline()) - Date.now(), gone: gone.signal },
  };
}

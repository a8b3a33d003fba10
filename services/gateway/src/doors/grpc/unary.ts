import { BoomerangError } from '@boomerang/domain';
import type { handleUnaryCall, Metadata, sendUnaryData } from '@grpc/grpc-js';
import type { GatewayLog } from '../../log.js';
import type { GatewayMetrics } from '../../metrics.js';
import { errorToStatus } from './status.js';

export interface CallDependencies {
  readonly metrics: GatewayMetrics;
  readonly log: GatewayLog;
}

/**
 * Makes a handler of what answers a request. What it rejects with becomes the status of the call.
 *
 * @param operation the RPC's name, as metrics and logs have it.
 */
export function unary<Request, Response>(
  operation: string,
  { metrics, log }: CallDependencies,
  answer: (request: Request, metadata: Metadata) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return ({ request, metadata }, done: sendUnaryData<Response>) => {
    const stop = metrics.request(operation);
    answer(request, metadata).then(
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

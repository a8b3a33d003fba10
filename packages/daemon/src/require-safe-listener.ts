import { ConfigError } from '@boomerang/runtime';
import { isLoopback } from './server/loopback.js';

interface Listener {
  readonly grpcHost: string;
  readonly grpcTlsCert: string | undefined;
  readonly grpcTlsKey: string | undefined;
  readonly grpcToken: string | undefined;
}

/**
 * Whoever can call `SpageExecution` can have engines run. Without a certificate and a token that is for this machine alone.
 *
 * @throws ConfigError
 */
export function requireSafeListener({ grpcHost, grpcTlsCert, grpcTlsKey, grpcToken }: Listener): void {
  const problems: string[] = [];
  if ((grpcTlsCert === undefined) !== (grpcTlsKey === undefined)) {
    problems.push(
      'BOOMERANG_DAEMON_GRPC_TLS_CERT and BOOMERANG_DAEMON_GRPC_TLS_KEY: expected both or neither',
    );
  }
  if (!isLoopback(grpcHost) && (grpcTlsCert === undefined || grpcToken === undefined)) {
    problems.push(
      `BOOMERANG_DAEMON_GRPC_HOST is ${JSON.stringify(grpcHost)}, which is not loopback: expected ` +
        'BOOMERANG_DAEMON_GRPC_TLS_CERT, BOOMERANG_DAEMON_GRPC_TLS_KEY and BOOMERANG_DAEMON_GRPC_TOKEN with it, or 127.0.0.1',
    );
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

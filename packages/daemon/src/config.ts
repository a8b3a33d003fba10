import { defineConfig, integer, port, sharedSettings, string } from '@boomerang/runtime';

const { host, httpPort, logLevel, drainMs } = sharedSettings;

/** Longest path of the state folder, so that the socket of a guard fits into the 103 bytes that every system allows. */
export const MOST_STATE_BYTES = 70;

export const daemonSettings = defineConfig({
  engines: string({
    variable: 'BOOMERANG_DAEMON_ENGINES',
    required: true,
    allowed: 'the path of a YAML file',
    meaning: 'File that declares the engines, as docs/daemon.md describes it.',
  }),
  state: string({
    variable: 'BOOMERANG_DAEMON_STATE',
    required: true,
    pattern: /^\/[^\0]{0,69}$/,
    allowed: `an absolute path of at most ${MOST_STATE_BYTES} bytes`,
    meaning:
      'Folder for what survives the daemon: what runs, and what is to be reported. It is made if it is missing.',
  }),
  slots: integer({
    variable: 'BOOMERANG_DAEMON_SLOTS',
    default: 4,
    min: 1,
    max: 10_000,
    unit: 'engines',
    meaning: 'Engines that may run at a time, whoever asked for them.',
  }),
  grpcHost: string({
    variable: 'BOOMERANG_DAEMON_GRPC_HOST',
    default: '127.0.0.1',
    meaning: 'Address for engines; one that is not loopback needs a certificate, a key and a token.',
  }),
  grpcPort: port({
    variable: 'BOOMERANG_DAEMON_GRPC_PORT',
    default: 9_091,
    meaning: 'Port for engines (SpageExecution, health, reflection); 0 picks a free one.',
  }),
  grpcTlsCert: string({
    variable: 'BOOMERANG_DAEMON_GRPC_TLS_CERT',
    allowed: 'the path of a PEM file',
    meaning: 'Certificate chain of the port for engines.',
  }),
  grpcTlsKey: string({
    variable: 'BOOMERANG_DAEMON_GRPC_TLS_KEY',
    secret: true,
    allowed: 'the path of a PEM file',
    meaning: 'Private key that belongs to the certificate, unencrypted.',
  }),
  grpcToken: string({
    variable: 'BOOMERANG_DAEMON_GRPC_TOKEN',
    secret: true,
    minLength: 16,
    meaning:
      'What every call of SpageExecution has to show as authorization: Bearer. Engines of today show none.',
  }),
  host,
  httpPort,
  logLevel,
  drainMs,
});

import { hostname } from 'node:os';
import { defineConfig, integer, port, sharedSettings, string, urlList } from '@boomerang/runtime';

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
  api: urlList({
    variable: 'BOOMERANG_DAEMON_API',
    schemes: ['grpc', 'grpcs'],
    meaning: 'Gateways of the API, any of which will do; without one the daemon only serves this machine.',
  }),
  apiKey: string({
    variable: 'BOOMERANG_DAEMON_API_KEY',
    secret: true,
    meaning: 'API key of a client, with the permission to execute. Required with gateways.',
  }),
  apiCa: string({
    variable: 'BOOMERANG_DAEMON_API_CA',
    allowed: 'the path of a PEM file',
    meaning: "Authorities that sign the gateways' certificates, where they aren't well-known.",
  }),
  daemonId: string({
    variable: 'BOOMERANG_DAEMON_ID',
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    allowed: '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit',
    meaning: 'Name of this daemon, unique within its client; without one the name of the host.',
  }),
  spoolBytes: integer({
    variable: 'BOOMERANG_DAEMON_SPOOL_BYTES',
    default: 67_108_864,
    min: 65_536,
    max: 1_099_511_627_776,
    unit: 'bytes',
    meaning:
      'What may wait on the disk for the API. Beyond it the oldest progress is given up, and results never are.',
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

/** The name that a daemon without one takes: of its host, less what a name may not have. */
export function hostName(): string {
  const name = hostname()
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? 'daemon' : name;
}

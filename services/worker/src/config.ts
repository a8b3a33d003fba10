import { callbackSettings } from '@boomerang/address-guard';
import { defineConfig, integer, key, list, sharedSettings, string } from '@boomerang/runtime';
import { isBrokerLogin } from './dead-letter-sinks/broker-credentials.js';
import { OWN_CERTIFICATE } from './transports/shared/own-certificate.js';

export const workerSettings = defineConfig({
  ...sharedSettings,
  leaseMs: integer({
    variable: 'BOOMERANG_LEASE_MS',
    default: 10_000,
    min: 1_000,
    max: 600_000,
    unit: 'ms',
    meaning: 'Time after which an attempt of a worker that went silent goes to another one.',
  }),
  slots: integer({
    variable: 'BOOMERANG_WORKER_SLOTS',
    default: 1_000,
    min: 1,
    max: 100_000,
    unit: 'attempts',
    meaning: 'Attempts that one worker may have in flight; one client has four fifths of them at most.',
  }),
  endpointSlots: integer({
    variable: 'BOOMERANG_ENDPOINT_SLOTS',
    default: 64,
    min: 1,
    max: 10_000,
    unit: 'attempts',
    meaning:
      'Attempts that one worker may have in flight to one endpoint of one client; all clients: twice that to one server.',
  }),
  ...callbackSettings,
  masterKey: key({
    variable: 'BOOMERANG_MASTER_KEY',
    required: true,
    bytes: 32,
    meaning: "Key that clients' signing secrets are encrypted with. Without it none can be read.",
  }),
  callbackTlsCert: string({
    variable: OWN_CERTIFICATE.cert,
    allowed: 'the path of a PEM file',
    meaning: 'Certificate chain that receivers over HTTPS and gRPC are shown that ask for one.',
  }),
  callbackTlsKey: string({
    variable: OWN_CERTIFICATE.key,
    secret: true,
    allowed: 'the path of a PEM file',
    meaning: 'Private key that belongs to the certificate, unencrypted.',
  }),
  callbackConnectTimeoutMs: integer({
    variable: 'BOOMERANG_CALLBACK_CONNECT_TIMEOUT_MS',
    default: 3_000,
    min: 1,
    max: 60_000,
    unit: 'ms',
    meaning: 'Time for a connection to an endpoint to be made.',
  }),
  callbackTimeoutMs: integer({
    variable: 'BOOMERANG_CALLBACK_TIMEOUT_MS',
    default: 10_000,
    min: 1,
    max: 600_000,
    unit: 'ms',
    meaning: 'Time for an attempt, from its start to the end of the answer.',
  }),
  callbackIdleMs: integer({
    variable: 'BOOMERANG_CALLBACK_IDLE_MS',
    default: 30_000,
    min: 100,
    max: 600_000,
    unit: 'ms',
    meaning: 'Time after which a pooled connection to an endpoint is closed that carries nothing.',
  }),
  forwardLogins: list({
    variable: 'BOOMERANG_FORWARD_LOGINS',
    default: [],
    secret: true,
    accepts: isBrokerLogin,
    allowed: 'scheme://user:password@host[:port] of brokers, percent-encoded, separated by commas',
    meaning: 'Logins for the brokers that dead letters are forwarded to.',
  }),
  forwardedRetentionMs: integer({
    variable: 'BOOMERANG_FORWARDED_RETENTION_MS',
    default: 86_400_000,
    min: 0,
    max: 31_536_000_000,
    unit: 'ms',
    meaning: 'Time for which a dead letter can still be replayed that was forwarded.',
  }),
  retentionMs: integer({
    variable: 'BOOMERANG_RETENTION_MS',
    default: 600_000,
    min: 1,
    max: 604_800_000,
    unit: 'ms',
    meaning: 'Time for which an ended task can still be asked for.',
  }),
});

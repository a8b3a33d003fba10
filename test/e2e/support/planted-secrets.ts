import { randomBytes } from 'node:crypto';
import { dlqSettings } from '../../../packages/cli/dist/commands/dlq/settings.js';
import { stackSettings } from '../../../packages/cli/dist/stack/settings.js';
import { describeConfig } from '../../../packages/runtime/dist/index.js';
import { gatewaySettings } from '../../../services/gateway/dist/config.js';
import { schedulerSettings } from '../../../services/scheduler/dist/config.js';
import { workerSettings } from '../../../services/worker/dist/config.js';

/** Every setting that any program declares. */
export const declaredSettings = [
  gatewaySettings,
  schedulerSettings,
  workerSettings,
  stackSettings,
  dlqSettings,
].flatMap((settings) => describeConfig(settings));

const marker = (what: string) => `planted-${what}-${randomBytes(6).toString('hex')}`;

/** Appears in no output, whatever goes wrong. */
export const markers = {
  password: marker('password'),
  /** What the password is changed to while everything runs. */
  nextPassword: marker('next-password'),
  pepper: marker('pepper'),
  masterKey: randomBytes(32).toString('hex'),
  keyFile: marker('key-file'),
  login: marker('login'),
  webhook: marker('webhook'),
  token: `${marker('token')}${randomBytes(16).toString('hex')}`,
};

/** A password as people choose them, with a marker in the middle: in a URL most of it has to be encoded. */
export const awkward = (text: string) => `p@ss/w#rd?%,"${text}"&:x`;

/** The URL of a Redis with a user's password in it. */
export function urlWith(port: number, password: string, { user = 'planted', scheme = 'redis' } = {}): string {
  return `${scheme}://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}`;
}

/**
 * A value with a marker for every setting that carries a secret. Whoever declares a further one has to say here what it
 * looks like, and so has it looked for in all output.
 */
export const planted: Readonly<Record<string, string>> = {
  BOOMERANG_REDIS_URL: urlWith(1, awkward(markers.password)),
  BOOMERANG_KEY_PEPPER: markers.pepper,
  BOOMERANG_MASTER_KEY: markers.masterKey,
  BOOMERANG_TCP_TLS_KEY: `/nowhere/${markers.keyFile}/key.pem`,
  BOOMERANG_GRPC_TLS_KEY: `/nowhere/${markers.keyFile}/grpc.pem`,
  BOOMERANG_HTTP_TLS_KEY: `/nowhere/${markers.keyFile}/http.pem`,
  BOOMERANG_CALLBACK_TLS_KEY: `/nowhere/${markers.keyFile}/callback.pem`,
  BOOMERANG_FORWARD_LOGINS: `nats://dead:${markers.login}@127.0.0.1:4222`,
  BOOMERANG_DEV_TOKEN: `bmr_planted_${markers.token}`,
  BOOMERANG_TOKEN: `bmr_planted_${markers.token}`,
};

/** The markers that a text shows. */
export function shownIn(text: string): string[] {
  return Object.values(markers).filter((secret) => text.includes(secret));
}

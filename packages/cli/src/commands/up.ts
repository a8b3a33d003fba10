import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createResources, type Environment, type Resources, readConfig } from '@boomerang/runtime';
import { configuredRedis } from '../stack/configured-redis.js';
import { developmentToken } from '../stack/dev-token.js';
import { hostInUrl } from '../stack/dialled-host.js';
import { startOwnRedis } from '../stack/own-redis.js';
import { readyLine, readyText } from '../stack/ready-line.js';
import { stackSettings } from '../stack/settings.js';
import { startStack } from '../stack/start-stack.js';
import { claimFolder } from '../state/claim-folder.js';
import { keepSecret, keptSecret } from '../state/kept-secret.js';
import { publishStack } from '../state/stack-file.js';
import { stateFolder } from '../state/state-folder.js';
import { aborted } from '../stop-signal.js';
import { tell } from '../tell.js';

export interface UpOptions {
  readonly json?: boolean;
}

/**
 * Runs the stack in the foreground until the signal is aborted. On a terminal the logs of the services go to a file, otherwise, and
 * with `json`, to standard error.
 */
export async function up(env: Environment, signal: AbortSignal, { json }: UpOptions): Promise<void> {
  const config = readConfig(stackSettings, env);
  const state = stateFolder();
  const resources = createResources();
  const forPeople = process.stdout.isTTY && json !== true;
  try {
    const redis = configuredRedis(config) ?? { url: await ownRedis(state, resources, signal) };
    const keyPepper = config.keyPepper ?? keptRandom(join(state, 'key-pepper'));
    const masterKey = config.masterKey ?? Buffer.from(keptRandom(join(state, 'master-key')), 'base64url');
    const stack = await startStack(
      {
        ...config,
        env,
        redis,
        keyPepper,
        masterKey,
        ports: config,
        token: (directory) => developmentToken(directory, join(state, 'dev-token'), config.devToken),
        output: forPeople ? openLog(state, resources) : process.stderr.fd,
        tell,
        signal,
      },
      resources,
    );
    const host = hostInUrl(config.host);
    const addresses = {
      redis,
      gateway: `tcp://${host}:${stack.ports.tcp}`,
      http: `http://${host}:${stack.ports.http}`,
    };
    resources.defer('stack file', publishStack(state, addresses));
    process.stdout.write(
      forPeople ? readyText(stack, addresses, logFile(state)) : readyLine(stack, redis.url),
    );
    await aborted(signal);
    tell('stopping');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await resources.closeAll();
  }
}

async function ownRedis(state: string, resources: Resources, signal: AbortSignal): Promise<string> {
  const claim = await claimFolder(join(state, 'redis'), {
    signal,
    onWait: (path) => tell(`waiting for the Redis of the stack before, which worked in ${path}, to end`),
  });
  resources.defer('redis folder', claim.release);
  const redis = await startOwnRedis({ dataDir: claim.path, tell, onStart: claim.usedBy, signal });
  resources.defer('redis', () => redis.stop());
  return redis.url;
}

function logFile(state: string): string {
  return join(state, 'services.log');
}

function openLog(state: string, resources: Resources): number {
  const descriptor = openSync(logFile(state), 'w', 0o600);
  resources.defer('log', () => closeSync(descriptor));
  return descriptor;
}

/** 256 random bits, as base64url. */
function keptRandom(file: string): string {
  return keptSecret(file) ?? keepSecret(file, randomBytes(32).toString('base64url'));
}

import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Resources } from '@boomerang/runtime';
import { createDevToken } from '../stack/dev-token.js';
import { startOwnRedis } from '../stack/own-redis.js';
import { type Stack, startStack } from '../stack/start-stack.js';
import { tell } from '../tell.js';

export interface DemoStack extends Stack {
  readonly redisUrl: string;
  readonly keyPepper: string;
  readonly masterKey: Buffer;
}

/** The file for the services' logs. It is removed when the demo has succeeded. */
export function openLog(): { readonly file: string; readonly descriptor: number; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'boomerang-demo-'));
  const file = join(folder, 'services.log');
  const descriptor = openSync(file, 'a');
  return {
    file,
    descriptor,
    remove() {
      closeSync(descriptor);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A stack on free ports with a Redis of its own, independent of any other stack. */
export async function startDemoStack(
  env: Environment,
  signal: AbortSignal,
  output: number,
  resources: Resources,
): Promise<DemoStack> {
  const redis = await startOwnRedis({ tell, signal });
  resources.defer('redis', () => redis.stop());
  const secrets = { keyPepper: randomBytes(32).toString('base64url'), masterKey: randomBytes(32) };
  const stack = await startStack(
    {
      env: withoutSettings(env),
      redis: { url: redis.url },
      ...secrets,
      host: '127.0.0.1',
      ports: { tcpPort: 0, grpcPort: 0, httpPort: 0 },
      token: createDevToken,
      drainMs: 20_000,
      output,
      tell,
      signal,
    },
    resources,
  );
  return { ...stack, ...secrets, redisUrl: redis.url };
}

function withoutSettings(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BOOMERANG_')));
}

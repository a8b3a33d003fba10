import { type ClientDirectory, connectRedis, createClientDirectory } from '@boomerang/redis';
import type { Resources } from '@boomerang/runtime';
import { choosePorts, type PortSettings, type StackPorts } from './ports.js';
import { type RunServicesOptions, runServices } from './run-services.js';

export interface StackOptions extends Omit<RunServicesOptions, 'ports'> {
  readonly ports: Omit<PortSettings, 'host'>;
  /** A key that this Redis knows from then on. */
  readonly token: (directory: ClientDirectory) => Promise<string>;
}

export interface Stack {
  readonly ports: StackPorts;
  readonly token: string;
}

/** Starts the services on a Redis that runs already. `resources` stops them. Resolves when all are ready. */
export async function startStack(options: StackOptions, resources: Resources): Promise<Stack> {
  const ports = await choosePorts({ ...options.ports, host: options.host });
  const token = await withDirectory(options, options.token);
  const services = await runServices({ ...options, ports });
  resources.defer('services', () => services.stop());
  return { ports, token };
}

async function withDirectory<T>(
  { redis: address, keyPepper }: Pick<StackOptions, 'redis' | 'keyPepper'>,
  work: (directory: ClientDirectory) => Promise<T>,
): Promise<T> {
  const redis = await connectRedis({ ...address, name: 'cli', commandTimeoutMs: 5_000 });
  try {
    return await work(createClientDirectory(redis, keyPepper));
  } finally {
    redis.disconnect();
  }
}

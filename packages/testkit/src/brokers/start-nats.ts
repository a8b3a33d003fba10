import { NatsServerMissingError, startNatsServer } from '@boomerang/redis-server';
import { BrokerMissingError } from './broker-missing-error.js';
import type { BrokerProcess } from './broker-process.js';

/**
 * A NATS server with JetStream.
 *
 * @param settings further lines of its configuration.
 * @throws BrokerMissingError where there is none to be had.
 */
export async function startNats(settings: readonly string[] = []): Promise<BrokerProcess> {
  try {
    return await startNatsServer(settings);
  } catch (error) {
    if (error instanceof NatsServerMissingError) throw new BrokerMissingError(error.message);
    throw error;
  }
}

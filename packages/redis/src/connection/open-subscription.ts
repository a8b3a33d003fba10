import { Cluster, type Redis } from 'ioredis';
import { ChannelListener } from './channel-listener.js';
import { ClusterSubscription } from './cluster-subscription.js';
import { connectRedis } from './connection.js';
import { SUBSCRIPTION_SILENCE_MS, type Subscription, type SubscriptionOptions } from './subscription.js';

/**
 * What is published is heard again within two seconds of the end of a connection, a silent end included.
 *
 * @throws when Redis can't be reached.
 */
export async function openSubscription(options: SubscriptionOptions): Promise<Subscription> {
  if (options.connection instanceof Cluster) return new ClusterSubscription(options.connection, options);
  const patient = { ...options, patient: true, silenceMs: SUBSCRIPTION_SILENCE_MS };
  return new ChannelListener((await connectRedis(patient)) as Redis);
}

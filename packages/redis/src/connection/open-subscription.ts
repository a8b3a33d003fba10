import { Cluster, type Redis } from 'ioredis';
import { ChannelListener } from './channel-listener.js';
import { ClusterSubscription } from './cluster-subscription.js';
import { connectRedis } from './connection.js';
import { SUBSCRIPTION_SILENCE_MS, type Subscription, type SubscriptionOptions } from './subscription.js';

/**
 * Messages are received again within two seconds after a connection was lost, also if it died without a sign.
 *
 * @throws when Redis can't be reached.
 */
export async function openSubscription(options: SubscriptionOptions): Promise<Subscription> {
  if (options.connection instanceof Cluster) return new ClusterSubscription(options.connection, options);
  const patient = { ...options, patient: true, silenceMs: SUBSCRIPTION_SILENCE_MS };
  return new ChannelListener((await connectRedis(patient)) as Redis);
}

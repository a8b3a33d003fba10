export { BrokerMissingError, ifAvailable } from './brokers/broker-missing-error.js';
export type { BrokerProcess } from './brokers/broker-process.js';
export { type ProxiedServer, startHaproxy } from './brokers/start-haproxy.js';
export { startKafka } from './brokers/start-kafka.js';
export { startNats } from './brokers/start-nats.js';
export { startRabbitmq } from './brokers/start-rabbitmq.js';
export { createFakeClock, type FakeClock } from './clocks/fake-clock.js';
export { createDaemonProcess, type DaemonProcess, playbookFolder } from './daemon-process.js';
export { script, second, secondOfPipeline, ticket } from './faults/commands.js';
export type { Fault, FaultPlan } from './faults/fault.js';
export { type FreezingProxy, startFreezingProxy } from './faults/freezing-proxy.js';
export { startRedisProxy } from './faults/redis-proxy.js';
export { redisNow } from './redis/redis-now.js';
export { startTestCluster, type TestCluster } from './redis/start-test-cluster.js';
export { startTestRedis, type TestRedis } from './redis/start-test-redis.js';
export { startTestSentinel, type TestSentinelOptions } from './redis/start-test-sentinel.js';
export { seededRandom } from './seeded-random.js';
export { type SelfSignedCertificate, selfSignedCertificate } from './self-signed-certificate.js';
export {
  type ServiceHandle,
  type StackRedis,
  startStack,
  startStackOn,
  type TestStack,
  type TestStackOptions,
} from './start-stack.js';
export { type WaitForOptions, waitFor } from './wait-for.js';

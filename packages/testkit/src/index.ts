export { createFakeClock, type FakeClock } from './clocks/fake-clock.js';
export { script, second, secondOfPipeline, ticket } from './faults/commands.js';
export type { Fault, FaultPlan } from './faults/fault.js';
export { redisNow } from './redis-now.js';
export { seededRandom } from './seeded-random.js';
export { type SelfSignedCertificate, selfSignedCertificate } from './self-signed-certificate.js';
export { type ServiceHandle, startStack, type TestStack, type TestStackOptions } from './start-stack.js';
export { startTestRedis, type TestRedis } from './start-test-redis.js';
export { type WaitForOptions, waitFor } from './wait-for.js';

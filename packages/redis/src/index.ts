export { createAuditStore, readAudit, recordAudit } from './audit/audit-store.js';
export { changeKey, type KeyRights } from './clients/change-key.js';
export { createClientAdministration } from './clients/client-administration.js';
export { type ClientDirectory, createClientDirectory } from './clients/client-directory.js';
export { listClients } from './clients/read-clients.js';
export { removeClient } from './clients/remove-client.js';
export { revokeKey } from './clients/revoke-key.js';
export { createSessionStore } from './clients/session-store.js';
export { showClient } from './clients/show-client.js';
export { showDaemons } from './clients/show-daemons.js';
export { openSigningSecrets, type SigningSecretDirectory } from './clients/signing-secrets.js';
export type { ConnectOptions } from './connection/connect-options.js';
export { connectRedis, type RedisConnection } from './connection/connection.js';
export { inspectRedis, type RedisFacts } from './connection/inspect-redis.js';
export { openSubscription } from './connection/open-subscription.js';
export { type RedisAddress, redisAddress } from './connection/redis-address.js';
export { refusalOf, warningsAbout } from './connection/server-check.js';
export { redisServes } from './connection/server-health.js';
export { readMemoryUse } from './connection/server-info.js';
export { createDeadLetterStore } from './dead-letters/dead-letter-store.js';
export { createForwardingStore, type ForwardingStoreOptions } from './dead-letters/forwarding-store.js';
export { scanDeadLetters } from './dead-letters/scan-dead-letters.js';
export { createDependencyStore } from './dependencies/dependency-store.js';
export { type Engine, type EngineOptions, openEngine } from './engine/engine.js';
export type { EngineSettings } from './engine/engine-settings.js';
export { loadScripts, type RunScript, readScript, type ScriptName } from './engine/scripts.js';
export { openStores } from './engine/stores.js';
export { openWorkerStores } from './engine/worker-stores.js';
export { createEventStore } from './events/event-store.js';
export { createAssignmentStore } from './executions/assignment-store.js';
export { createDaemonRegistry } from './executions/daemon-registry.js';
export { createExecutionListener } from './executions/execution-listener.js';
export { createExecutionStore } from './executions/execution-store.js';
export { createLimitStore } from './limits/limit-store.js';
export { readOwnLimits, resetOwnLimits, setOwnLimits } from './limits/own-limits.js';
export { createNameStore } from './names/name-store.js';
export { createOccurrenceStore } from './occurrences/occurrence-store.js';
export { createSliceStore, type SliceStoreOptions } from './occurrences/slice-store.js';
export { globalKeys, type PartitionKeys, TICKET_QUEUE } from './partitions/keys.js';
export { loadPartitionMap } from './partitions/partition-map.js';
export { loadPartitions } from './partitions/partitions.js';
export { type PartitionRaise, raisePartitions } from './partitions/raise-partitions.js';
export {
  createDefaultPolicyStore,
  readDefaultPolicy,
  resetDefaultPolicy,
  setDefaultPolicy,
} from './policies/default-policy.js';
export { createStatsStore } from './stats/stats-store.js';
export { startSummaryWriter } from './stats/summary-writer.js';
export { createCalendarStore } from './tasks/calendar-store.js';
export { createTaskStore } from './tasks/task-store.js';
export { createTicketQueue } from './tickets/ticket-queue.js';
export { createTicketSource } from './tickets/ticket-source.js';

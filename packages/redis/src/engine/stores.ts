import type {
  AssignmentStore,
  AuditReader,
  AuditStore,
  ClientAdministration,
  ClientStore,
  DaemonRegistry,
  DeadLetterStore,
  EventStore,
  ExecutionStore,
  HeaderSeal,
  LimitStore,
  PolicyStore,
  SessionStore,
  StatsStore,
  TaskStore,
} from '@boomerang/domain';
import { requireAccess, requirePartitionAccess, userOf } from '../access/require-access.js';
import { createAuditStore } from '../audit/audit-store.js';
import { createClientAdministration } from '../clients/client-administration.js';
import { createClientStore } from '../clients/client-store.js';
import { createSessionStore } from '../clients/session-store.js';
import { openSigningSecrets } from '../clients/signing-secrets.js';
import { connectRedis, type RedisConnection } from '../connection/connection.js';
import { openSubscription } from '../connection/open-subscription.js';
import type { RedisAddress } from '../connection/redis-address.js';
import { checkServer } from '../connection/server-check.js';
import { createDeadLetterStore } from '../dead-letters/dead-letter-store.js';
import { createEventStore } from '../events/event-store.js';
import { createAssignmentStore } from '../executions/assignment-store.js';
import { createDaemonRegistry } from '../executions/daemon-registry.js';
import { createExecutionListener } from '../executions/execution-listener.js';
import { createExecutionStore } from '../executions/execution-store.js';
import { createLimitStore } from '../limits/limit-store.js';
import type { NamedSettings } from '../names/named-registrar.js';
import { loadPartitionMap } from '../partitions/partition-map.js';
import { createHeaderSeal } from '../policies/header-seal.js';
import { createPolicyStore } from '../policies/policy-store.js';
import { createStatsStore } from '../stats/stats-store.js';
import { createTaskStore } from '../tasks/task-store.js';
import { createReadiness, type Readiness } from './readiness.js';
import { loadScripts, type ScriptObserver } from './scripts.js';

export interface StoresOptions extends NamedSettings, RedisAddress {
  /** As for `connectRedis`. */
  readonly name: string;
  readonly redisTimeoutMs: number;
  /** Partition count when Redis has none yet. */
  readonly partitions: number;
  readonly sessionTtlMs: number;
  /** Seals signing secrets; undefined = none can be made here. */
  readonly masterKey: Uint8Array | undefined;
  /** How long entries of the audit log are kept, ms. */
  readonly auditRetentionMs: number;
  readonly onError: (error: Error) => void;
  /** Is told of risks in Redis's settings. */
  readonly onWarning: (problem: string) => void;
  readonly onScript: ScriptObserver;
}

/** The stores that gateways use. */
export interface Stores {
  readonly connection: RedisConnection;
  readonly clients: ClientStore;
  readonly administration: ClientAdministration;
  readonly policies: PolicyStore;
  readonly headers: HeaderSeal;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
  readonly deadLetters: DeadLetterStore;
  readonly ready: Readiness;
  readonly executions: ExecutionStore;
  readonly assignments: AssignmentStore;
  readonly daemons: DaemonRegistry;
  readonly events: EventStore;
  readonly limits: LimitStore;
  readonly audit: AuditStore & AuditReader;
  readonly stats: StatsStore;
  close(): void;
}

/** @throws when Redis can't be reached or can't be worked with. */
export async function openStores(options: StoresOptions): Promise<Stores> {
  const connection = await connectRedis({ ...options, commandTimeoutMs: options.redisTimeoutMs });
  await requireAccess(connection, options);
  await checkServer(connection, options.onWarning);
  const partitions = await loadPartitionMap(connection, options.partitions);
  await requirePartitionAccess(connection, options, await partitions.all());
  const run = loadScripts(connection, options.onScript);
  const subscription = await openSubscription({ ...options, connection, name: `${options.name}-executions` });
  const listener = await createExecutionListener(subscription, await partitions.all());
  const { masterKey, keyPepper } = options;
  const secrets = masterKey && (await openSigningSecrets(connection, masterKey));
  const headers = createHeaderSeal(masterKey && secrets && { masterKey, secrets });
  return {
    connection,
    clients: createClientStore(connection, keyPepper),
    administration: createClientAdministration(connection, keyPepper, secrets),
    policies: createPolicyStore(connection),
    headers,
    sessions: createSessionStore(connection, options.sessionTtlMs),
    tasks: createTaskStore(run, partitions, options),
    deadLetters: createDeadLetterStore(run, partitions, options),
    ready: createReadiness(connection, () => partitions.all(), userOf(options)),
    executions: createExecutionStore(run, partitions, options),
    assignments: createAssignmentStore(run, partitions, listener, options),
    daemons: createDaemonRegistry(run, partitions, listener),
    events: createEventStore(connection, partitions),
    audit: createAuditStore(connection, options.auditRetentionMs),
    limits: createLimitStore(connection, run, partitions),
    stats: createStatsStore(connection, run, partitions),
    close() {
      subscription.close();
      connection.disconnect();
    },
  };
}

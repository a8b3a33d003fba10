import type { ClientStore, DeadLetterStore, SessionStore, TaskStore } from '@boomerang/domain';
import { createClientStore } from '../clients/client-store.js';
import { createSessionStore } from '../clients/session-store.js';
import { connectRedis, type RedisConnection } from '../connection/connection.js';
import type { RedisAddress } from '../connection/redis-address.js';
import { checkServer } from '../connection/server-check.js';
import { createDeadLetterStore } from '../dead-letters/dead-letter-store.js';
import type { NamedSettings } from '../names/named-registrar.js';
import { loadPartitionMap } from '../partitions/partition-map.js';
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
  readonly onError: (error: Error) => void;
  /** Hears what Redis's settings may cost. */
  readonly onWarning: (problem: string) => void;
  readonly onScript: ScriptObserver;
}

/** What clients' requests are answered from. */
export interface Stores {
  readonly connection: RedisConnection;
  readonly clients: ClientStore;
  readonly sessions: SessionStore;
  readonly tasks: TaskStore;
  readonly deadLetters: DeadLetterStore;
  readonly ready: Readiness;
}

/** @throws when Redis can't be reached or can't be worked with. */
export async function openStores(options: StoresOptions): Promise<Stores> {
  const connection = await connectRedis({ ...options, commandTimeoutMs: options.redisTimeoutMs });
  await checkServer(connection, options.onWarning);
  const partitions = await loadPartitionMap(connection, options.partitions);
  const run = loadScripts(connection, options.onScript);
  return {
    connection,
    clients: createClientStore(connection, options.keyPepper),
    sessions: createSessionStore(connection, options.sessionTtlMs),
    tasks: createTaskStore(run, partitions, options),
    deadLetters: createDeadLetterStore(run, partitions, options),
    ready: createReadiness(connection, () => partitions.all()),
  };
}

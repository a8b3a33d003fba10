import type {
  CalendarStore,
  ForwardingStore,
  HeaderSeal,
  OccurrenceStore,
  ServerClock,
  TicketSource,
} from '@boomerang/domain';
import { openSigningSecrets, type SigningSecretDirectory } from '../clients/signing-secrets.js';
import { connectRedis, type RedisConnection } from '../connection/connection.js';
import { redisServes } from '../connection/server-health.js';
import { createForwardingStore, type ForwardingStoreOptions } from '../dead-letters/forwarding-store.js';
import {
  createOccurrenceStore,
  type OccurrenceStoreOptions,
  type Unreadable,
} from '../occurrences/occurrence-store.js';
import { createHeaderSeal } from '../policies/header-seal.js';
import { createCalendarStore } from '../tasks/calendar-store.js';
import { createTicketSource } from '../tickets/ticket-source.js';
import { type Engine, type EngineOptions, openEngine } from './engine.js';

type Settings = Omit<EngineOptions, 'onError' | 'onWarning'> &
  OccurrenceStoreOptions &
  ForwardingStoreOptions;

export interface WorkerStoresOptions extends Settings {
  /** Clients' signing secrets are encrypted with it. */
  readonly masterKey: Uint8Array;
  readonly log: {
    redisError(error: Error): void;
    /** Is told of risks in Redis's settings. */
    redisWarning(problem: string): void;
    /** Is told of errors that BullMQ reports besides the outcome of tickets. */
    ticketQueueError(error: Error): void;
    readonly unreadable: Unreadable;
  };
}

/** The stores that workers use. */
export interface WorkerStores extends Pick<Engine, 'ready' | 'outgrown' | 'close'> {
  readonly connection: RedisConnection;
  /** One for each partition. */
  readonly clocks: readonly ServerClock[];
  readonly occurrences: OccurrenceStore;
  readonly calendars: CalendarStore;
  readonly tickets: TicketSource;
  readonly forwarding: ForwardingStore;
  readonly secrets: SigningSecretDirectory;
  readonly headers: HeaderSeal;
  /** Whether Redis serves a new connection. */
  serves(): Promise<boolean>;
}

/** @throws when Redis can't be reached or can't be worked with. */
export async function openWorkerStores(options: WorkerStoresOptions): Promise<WorkerStores> {
  const { url, sentinelMaster, tlsCa, name, log } = options;
  const address = { url, sentinelMaster, tlsCa };
  const onError = log.redisError;
  const engine = await openEngine({ ...options, onError, onWarning: log.redisWarning });
  const connectForTickets = () =>
    connectRedis({ ...address, name: `${name}-tickets`, patient: true, onError });
  const secrets = await openSigningSecrets(engine.connection, options.masterKey);
  return {
    connection: engine.connection,
    clocks: engine.clocks,
    occurrences: createOccurrenceStore(engine, options, log.unreadable),
    calendars: createCalendarStore(engine, options),
    tickets: createTicketSource(engine, connectForTickets, log.ticketQueueError),
    forwarding: createForwardingStore(engine, options),
    secrets,
    headers: createHeaderSeal({ masterKey: options.masterKey, secrets }),
    serves: () => redisServes(address),
    ready: engine.ready,
    outgrown: engine.outgrown,
    close: engine.close,
  };
}

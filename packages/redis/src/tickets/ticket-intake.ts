import type { Ticket, TicketFlow } from '@boomerang/domain';
import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { RedisConnection } from '../connection/connection.js';
import { type PartitionKeys, TICKET_QUEUE } from '../partitions/keys.js';
import { TICKET_VERSION, type TicketData } from './ticket-queue.js';

/** Lock of a ticket, ms. Another worker may take the ticket if its holder does not renew the lock in time. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 2_500;
/** A worker that missed the message about a ticket finds it after this, s. */
const LOOK_AGAIN_S = 1;
/** Tickets that one worker may hold per partition. Holding a ticket is mostly waiting. */
const CONCURRENCY = 16;
/** A ticket that only a newer release can read is put back for this long, ms. */
const UNREADABLE_AGAIN_MS = 1_000;
/** BullMQ waits this long after it lost its connection; by default 15 s. */
const RETRY_MS = 250;
/** Pause after Redis has refused to hand out a ticket, ms: BullMQ itself would ask again at once, endlessly. */
const REFUSED_PAUSE_MS = 500;
/** BullMQ asks at least every second, so a refusal that is older is over. */
const REFUSAL_COUNTS_MS = 3_000;

export interface IntakeDependencies {
  readonly partition: number;
  readonly keys: PartitionKeys;
  /** For asking. */
  readonly connection: RedisConnection;
  /** For consuming at first; patient, and shared by all partitions. */
  readonly redis: RedisConnection;
  /** Opens another one like that, for this partition alone. */
  readonly connect: () => Promise<RedisConnection>;
  readonly handle: (ticket: Ticket) => Promise<void>;
  readonly onError: (error: Error) => void;
}

/** Takes the tickets of one partition. */
export class TicketIntake {
  readonly #queue: Queue<TicketData>;
  #redis: RedisConnection;
  #worker: Worker<TicketData>;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #pause: NodeJS.Timeout | undefined;

  constructor(private readonly deps: IntakeDependencies) {
    const { connection, redis, keys, onError } = deps;
    this.#queue = new Queue(TICKET_QUEUE, { connection, prefix: keys.queuePrefix });
    this.#queue.on('error', onError);
    this.#redis = redis;
    this.#worker = this.#createWorker();
  }

  async start(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  async flow(): Promise<TicketFlow> {
    if (performance.now() - this.#refusedAt < REFUSAL_COUNTS_MS) return 'withheld';
    if ((await this.#queue.getWaitingCount()) === 0) return 'flowing';
    return (await this.#queue.isPaused()) ? 'withheld' : 'untaken';
  }

  async renew(): Promise<void> {
    const redis = await this.deps.connect();
    const [before, connection] = [this.#worker, this.#redis];
    this.#redis = redis;
    this.#worker = this.#createWorker();
    // The old consumer may hang while it closes, so its end is not waited for.
    void this.#close(before, connection, true);
  }

  async close(): Promise<void> {
    clearTimeout(this.#pause);
    await this.#close(this.#worker, this.#redis, false);
    await this.#queue.close();
  }

  async #close(worker: Worker, connection: RedisConnection, force: boolean): Promise<void> {
    await worker.close(force);
    if (connection !== this.deps.redis) connection.disconnect();
  }

  #createWorker(): Worker<TicketData> {
    const process = (job: Job<TicketData>, lock?: string) => this.#process(job, lock);
    const worker = new Worker<TicketData>(TICKET_QUEUE, process, {
      connection: this.#redis,
      prefix: this.deps.keys.queuePrefix,
      concurrency: CONCURRENCY,
      drainDelay: LOOK_AGAIN_S,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: RETRY_MS,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    });
    worker.on('error', (error) => this.#onError(worker, error));
    return worker;
  }

  async #process(job: Job<TicketData>, lock: string | undefined): Promise<void> {
    const { partition, handle, onError } = this.deps;
    const { version = TICKET_VERSION, sliceStartMs, generation } = job.data;
    if (version <= TICKET_VERSION) return handle({ partition, sliceStartMs, generation });
    onError(new Error(`a ticket is of version ${version}, which only a newer release can read: left to one`));
    await job.moveToDelayed(Date.now() + UNREADABLE_AGAIN_MS, lock);
    throw new DelayedError();
  }

  #onError(worker: Worker, error: Error): void {
    this.deps.onError(error);
    if (error.name !== 'ReplyError') return;
    this.#refusedAt = performance.now();
    if (this.#pause || worker !== this.#worker) return;
    void worker.pause(true);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      void worker.resume();
    }, REFUSED_PAUSE_MS);
  }
}

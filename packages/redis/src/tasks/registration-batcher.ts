import type { DeliveryPolicy, RegisteredTask, TaskRequest } from '@boomerang/domain';
import type { EngineSettings } from '../engine/engine-settings.js';
import type { RunScript } from '../engine/scripts.js';
import { encodePolicy } from '../layout/policy-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { type PendingRegistration, writeBatch } from './registration-batch.js';

const MOST_TASKS = 64;
/** Two batches are at least this far apart, ms, unless the first was full: under load each then carries several tasks. */
const GAP_MS = 4;
const MOST_BYTES = 4 * 1_048_576;

/**
 * Registrations that are in flight together reach Redis together: in batches, each to the next partition in turn. After a
 * pause the first is written in the same turn of the event loop.
 */
export class RegistrationBatcher {
  #pending: PendingRegistration[] = [];
  #bytes = 0;
  #partition: number;
  #scheduled = false;
  #flushedAt = 0;

  constructor(
    private readonly run: RunScript,
    private readonly partitions: readonly PartitionKeys[],
    private readonly settings: EngineSettings,
  ) {
    this.#partition = Math.floor(Math.random() * partitions.length);
  }

  register(clientId: string, policy: DeliveryPolicy, request: TaskRequest): Promise<RegisteredTask> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ clientId, policy: encodePolicy(policy), ...request, resolve, reject });
      this.#bytes += request.payload.length;
      if (this.#pending.length >= MOST_TASKS || this.#bytes >= MOST_BYTES) this.#flush();
      else this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const flush = () => {
      this.#scheduled = false;
      this.#flush();
    };
    const wait = this.#flushedAt + GAP_MS - performance.now();
    if (wait <= 0) setImmediate(flush);
    else setTimeout(flush, wait);
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    this.#flushedAt = performance.now();
    const batch = this.#pending;
    this.#pending = [];
    this.#bytes = 0;
    this.#partition = (this.#partition + 1) % this.partitions.length;
    const keys = this.partitions[this.#partition] as PartitionKeys;
    void writeBatch(this.run, this.settings, this.#partition, keys, batch);
  }
}

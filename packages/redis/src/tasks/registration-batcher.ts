import type { DeliveryPolicy, NewTask, RegisteredTask } from '@boomerang/domain';
import type { EngineSettings } from '../engine/engine-settings.js';
import type { RunScript } from '../engine/scripts.js';
import { encodePolicy } from '../layout/policy-codec.js';
import type { PartitionKeys } from '../partitions/keys.js';
import { takeTurns } from '../partitions/take-turns.js';
import { Batcher } from './batcher.js';
import { type PendingRegistration, writeBatch } from './registration-batch.js';

/** Registrations that are in flight together reach Redis together: in batches, each to the next partition in turn. */
export class RegistrationBatcher {
  readonly #batcher: Batcher<PendingRegistration>;

  constructor(run: RunScript, partitions: readonly PartitionKeys[], settings: EngineSettings) {
    const nextPartition = takeTurns(partitions.length);
    this.#batcher = new Batcher((batch) => {
      const partition = nextPartition();
      void writeBatch(run, settings, partition, partitions[partition] as PartitionKeys, batch);
    });
  }

  register(clientId: string, policy: DeliveryPolicy, request: NewTask): Promise<RegisteredTask> {
    return new Promise((resolve, reject) => {
      this.#batcher.add({ clientId, policy: encodePolicy(policy), ...request, resolve, reject });
    });
  }
}

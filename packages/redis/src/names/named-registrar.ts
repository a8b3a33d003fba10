import {
  BoomerangError,
  createTaskId,
  type DeliveryPolicy,
  type NamedOutcome,
  type NewTask,
  partitionOf,
  type RegisteredTask,
} from '@boomerang/domain';
import type { EngineSettings } from '../engine/engine-settings.js';
import type { RunScript } from '../engine/scripts.js';
import { encodePolicy } from '../layout/policy-codec.js';
import { inShares } from '../partitions/in-shares.js';
import type { PartitionKeys } from '../partitions/keys.js';
import type { PartitionMap } from '../partitions/partition-map.js';
import { takeTurns } from '../partitions/take-turns.js';
import { Batcher } from '../tasks/batcher.js';
import type { PendingRegistration } from '../tasks/registration-batch.js';
import { contentFingerprint } from './content-fingerprint.js';
import { type Name, nameOf } from './name-of.js';
import { type NamedTask, type ReservedRegistration, registerNamed } from './register-named.js';
import { type ReservedTask, reserveNames } from './reserve-names.js';

export interface NamedSettings extends EngineSettings {
  readonly keyPepper: string;
  /** How long an idempotency key is kept after the end of its task, ms. */
  readonly idempotencyRetentionMs: number;
  readonly onNamed?: (outcome: NamedOutcome) => void;
}

interface PendingNamed extends PendingRegistration {
  readonly name: Name;
  readonly fingerprint: Buffer;
}

/**
 * Registers tasks that clients name. First the name is reserved for a task id, in the name's home partition; then the task
 * is registered under the id that the name is reserved for. A repeated registration finishes an earlier one, or finds its
 * task.
 */
export class NamedRegistrar {
  readonly #batcher = new Batcher<PendingNamed>((batch) => void this.#write(batch));
  readonly #nextPartition: () => number;

  constructor(
    private readonly run: RunScript,
    private readonly partitions: PartitionMap,
    private readonly settings: NamedSettings,
  ) {
    this.#nextPartition = takeTurns(partitions.written.length);
  }

  register(
    clientId: string,
    policy: DeliveryPolicy,
    request: NewTask,
    idempotencyKey: string,
  ): Promise<RegisteredTask> {
    const name = nameOf(clientId, idempotencyKey, this.partitions.oldest);
    const fingerprint = contentFingerprint(this.settings.keyPepper, name, request, encodePolicy(policy).hash);
    return new Promise((resolve, reject) => {
      const registration = { clientId, policy: encodePolicy(policy), ...request, resolve, reject };
      this.#batcher.add({ ...registration, name, fingerprint });
    });
  }

  async #write(batch: readonly PendingNamed[]): Promise<void> {
    const reservations = await this.#reserve(batch);
    const reserved: ReservedRegistration[] = [];
    reservations.forEach((reservation, i) => {
      const pending = batch[i] as PendingNamed;
      if (reservation instanceof BoomerangError) this.#refuse(pending, reservation);
      else reserved.push({ pending, reserved: reservation });
    });
    const registered = await this.#register(reserved);
    registered.forEach((task, i) => {
      const { pending, reserved: reservation } = reserved[i] as ReservedRegistration;
      if (task instanceof BoomerangError) this.#refuse(pending, task);
      else this.#accept(pending, reservation, task);
    });
  }

  #reserve(batch: readonly PendingNamed[]): Promise<(ReservedTask | BoomerangError)[]> {
    const partition = this.#nextPartition();
    const now = Date.now();
    const lifetimeMs = this.settings.idempotencyRetentionMs;
    const homeOf = ({ name }: PendingNamed) => name.home;
    return inShares(batch, homeOf, async (home, share) => {
      const requests = share.map(({ name, fingerprint }) => {
        return { name: name.text, fingerprint, taskId: createTaskId(partition, now), lifetimeMs };
      });
      return reserveNames(this.run, this.partitions.written[home] as PartitionKeys, requests);
    });
  }

  #register(batch: readonly ReservedRegistration[]): Promise<(NamedTask | BoomerangError)[]> {
    const home = ({ reserved }: ReservedRegistration) => partitionOf(reserved.taskId) as number;
    return inShares(batch, home, async (partition, share) => {
      // It may be reserved by another gateway, which writes to more partitions.
      const keys = (await this.partitions.find(partition)) as PartitionKeys;
      return registerNamed(this.run, this.settings, keys, share);
    });
  }

  #accept(
    pending: PendingRegistration,
    { isNew: nameIsNew }: ReservedTask,
    { isNew, ...task }: NamedTask,
  ): void {
    this.settings.onNamed?.(!isNew ? 'repeated' : nameIsNew ? 'new' : 'finished');
    pending.resolve(task);
  }

  #refuse(pending: PendingRegistration, error: BoomerangError): void {
    this.settings.onNamed?.(error.code === 'key_reused' ? 'key_reused' : 'failed');
    pending.reject(error);
  }
}

import type {
  ActivityCount,
  AuditAction,
  AuditReader,
  Caller,
  ClientAdministration,
  DeadLetterStore,
  DeliveryPolicy,
  ExecutionStore,
  Permission,
  PolicyStore,
  StatsStore,
  TaskStore,
} from '@boomerang/domain';
import type { AskedTasks } from './limits/admission-of-tasks.js';

/** What operations work with. */
export interface OperationContext {
  readonly tasks: TaskStore;
  readonly deadLetters: DeadLetterStore;
  readonly executions: ExecutionStore;
  readonly stats: StatsStore;
  readonly audit: AuditReader;
  readonly administration: ClientAdministration;
  readonly policies: PolicyStore;
  /** Checks a policy as that of a handshake. May reject with a BoomerangError. */
  readonly requireUsable: (policy: DeliveryPolicy) => Promise<void>;
  readonly datagrams: DatagramLimits;
  /** Is aborted when nobody waits for the answer any more, where the door knows that. */
  readonly signal?: AbortSignal;
  /** @throws BoomerangError `exhausted` while no task with a payload of that size may be taken. */
  readonly requireRoom: (payloadBytes: number) => void;
  /** Rejects with a BoomerangError, `exhausted` among them, when the client's limits leave no room for tasks. */
  readonly admit: (clientId: string, asked: AskedTasks) => Promise<void>;
}

/** How much fits into a callback over UDP. */
export interface DatagramLimits {
  readonly mostBytes: number;
  /** With all that stands around the payload of a task of that client. */
  mostPayloadBytes(clientId: string): number;
}

/** How an operation appears in the audit log. */
export interface AuditOf<Request, Answer> {
  readonly action: AuditAction;
  /** Which client and key it concerns, where that is not the caller's; then the entry tells whose it was by whom. */
  concerns?(request: Request, answer?: Answer): { readonly clientId: string; readonly keyId?: string };
  details(answer: Answer, request: Request): Record<string, string>;
}

/** Something that clients can ask for, whatever the door. */
export interface Operation<Request, Answer> {
  /** What the caller's key has to be good for. */
  readonly permission: Permission;
  /** Whether it changes anything: if so, its outcome is unknown when the store doesn't answer. */
  readonly changes: boolean;
  /** How long it may take, ms, where that is longer than for others. */
  readonly timeLimitMs?: number;
  /** What the audit log tells of it; absent: nothing. */
  readonly audit?: AuditOf<Request, Answer>;
  /** What it counts as in the summary of the process. */
  readonly counted?: ActivityCount;
  /** How many times it was done. Default: once. */
  readonly times?: (answer: Answer) => number;
  /** May reject with a BoomerangError. */
  run(context: OperationContext, caller: Caller, request: Request): Promise<Answer>;
}

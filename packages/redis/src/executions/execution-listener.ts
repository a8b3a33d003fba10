import type { AssignmentStore, DaemonName, DaemonRegistry } from '@boomerang/domain';
import type { Subscription } from '../connection/subscription.js';
import type { PartitionKeys } from '../partitions/keys.js';

export type ExecutionListener = Pick<AssignmentStore, 'onReady' | 'onCancelled'> &
  Pick<DaemonRegistry, 'onEntered'>;

/** Hears what partitions announce of executions. A message may be lost. */
export async function createExecutionListener(
  subscription: Subscription,
  partitions: readonly PartitionKeys[],
): Promise<ExecutionListener> {
  const ready = new Set<(clientId: string, type: string) => void>();
  const cancelled = new Set<(taskId: string, reason: string) => void>();
  const entered = new Set<(daemon: DaemonName, streamId: string) => void>();
  subscription.onMessage((_channel, message) => {
    const [, kind, subject = '', rest = ''] = /^(\S+) (\S+) ?(.*)$/s.exec(message) ?? [];
    const colon = subject.indexOf(':');
    const [clientId, named] = [subject.slice(0, colon), subject.slice(colon + 1)];
    if (kind === 'ready') for (const hear of ready) hear(clientId, named);
    if (kind === 'entered') for (const hear of entered) hear({ clientId, daemonId: named }, rest);
    if (kind === 'cancel') for (const hear of cancelled) hear(subject, rest);
  });
  await subscription.hear(partitions.map(({ executionPrefix }) => `${executionPrefix}wake`));
  return {
    onReady: (listener) => add(ready, listener),
    onCancelled: (listener) => add(cancelled, listener),
    onEntered: (listener) => add(entered, listener),
  };
}

function add<T>(all: Set<T>, one: T): () => void {
  all.add(one);
  return () => void all.delete(one);
}

import { formatExecutionHandle, type OfferedExecution } from '@boomerang/domain';
import type { StreamEvent } from './event.js';

/** What a daemon is told of an execution that it is offered. Times are durations in ms: clocks differ. */
export function assignedEvent(execution: OfferedExecution): StreamEvent {
  return {
    type: 'task.assigned',
    data: {
      task_id: execution.name === '' ? execution.taskId : execution.name,
      type: execution.type,
      occurrence: String(execution.occurrence),
      attempt: String(execution.attempt),
      token: formatExecutionHandle(execution),
      priority: execution.priority,
      lease_ms: String(execution.leaseMs),
      timeout_ms: String(execution.timeoutMs),
      ...prefixed('payload', execution.payload),
      ...prefixed('metadata', execution.metadata),
    },
  };
}

function prefixed(prefix: string, entries: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${prefix}.${key}`, value]));
}

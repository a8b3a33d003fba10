/** Which of several ready executions goes first, the least urgent first. The list is closed. */
export const PRIORITIES = ['low', 'normal', 'high', 'critical'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** 1 (low) to 4 (critical): what records carry and what the order of ready executions counts with. */
export function priorityNumber(priority: Priority): number {
  return PRIORITIES.indexOf(priority) + 1;
}

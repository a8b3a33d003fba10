import type { RemovalReceipt } from '@boomerang/domain';
import { removeClient } from '@boomerang/redis';
import type { Environment } from '@boomerang/runtime';
import { printLine } from '../../print.js';
import { tell } from '../../tell.js';
import { audited } from './audited.js';

export interface RemoveOptions {
  readonly withTasks?: boolean;
}

/** Removes a client with everything that belongs to it, and prints how much that was. */
export async function removeClientWithReceipt(
  env: Environment,
  clientId: string,
  { withTasks = false }: RemoveOptions,
): Promise<void> {
  const onWaiting = (executions: number) =>
    tell(`waiting for the leases of ${executions} executions to end: their daemons are cut off`);
  const details = { withTasks: String(withTasks) };
  const receipt = await audited(env, { action: 'client.remove', clientId, details }, (redis) =>
    removeClient(redis, clientId, { withTasks, onWaiting }),
  );
  for (const line of describeReceipt(clientId, receipt)) printLine(line);
}

export function describeReceipt(clientId: string, receipt: RemovalReceipt): string[] {
  const { keys, sessions, signingSecrets, tasks, attemptsUnderWay, deadLetters, notForwarded } = receipt;
  return [
    `client ${clientId} is removed`,
    ...(receipt.begunAt === undefined
      ? []
      : [`  the removal was begun at ${receipt.begunAt}; what follows is what was left to do`]),
    `  keys: ${keys}`,
    `  sessions: ${sessions}`,
    `  signing secrets: ${signingSecrets}`,
    `  tasks cancelled: ${tasks}${attemptsUnderWay > 0 ? `; of ${attemptsUnderWay} an attempt or execution was under way, and may still have been carried out` : ''}`,
    `  dead letters purged: ${deadLetters}${notForwarded > 0 ? `; ${notForwarded} had not reached their destination outside` : ''}`,
  ];
}

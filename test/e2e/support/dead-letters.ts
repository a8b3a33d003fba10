import type { DeadLetter } from '@boomerang/domain';
import { loadPartitions, scanDeadLetters } from '@boomerang/redis';
import type { StackRedis, TestStack } from '@boomerang/testkit';

export async function deadLettersOf(stack: TestStack<StackRedis>, taskId?: string): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  const partitions = await loadPartitions(stack.redis.redis, 4);
  for await (const letter of scanDeadLetters(stack.redis.redis, partitions)) {
    if (taskId === undefined || letter.taskId === taskId) letters.push(letter);
  }
  return letters;
}

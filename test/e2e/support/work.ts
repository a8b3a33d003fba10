import type { TestStream } from '../../../services/gateway/test-support/spage-client.js';

/**
 * Accepts and completes whatever a daemon's stream is assigned, after a while, until the function is called that it returns.
 *
 * @param begun counts how often it began each task, in the order of the first time.
 */
export function work(stream: TestStream, begun: Map<string, number>, forMs: number): () => void {
  let seen = 0;
  const timer = setInterval(() => {
    for (const { type, data } of stream.events.slice(seen)) {
      seen += 1;
      const { token = '', task_id = '', at_ms = '' } = data ?? {};
      if (type === 'ping') stream.send('pong', { at_ms });
      if (type !== 'task.assigned') continue;
      stream.send('task.accepted', { token });
      begun.set(task_id, (begun.get(task_id) ?? 0) + 1);
      setTimeout(() => stream.send('task.completed', { token, exit_code: '0' }), forMs);
    }
  }, 5);
  return () => clearInterval(timer);
}

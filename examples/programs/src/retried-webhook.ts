// Sends an event to a customer's webhook: at once, again while it fails, and to the dead letters when it goes on failing.
//   node retried-webhook.js https://customer.example/hook
import { setTimeout as sleep } from 'node:timers/promises';
import { openHttpSession } from '@boomerang/client';

const { BOOMERANG_URL = 'http://127.0.0.1:8080', BOOMERANG_TOKEN = '' } = process.env;
const [, , webhook = 'http://127.0.0.1:9000/hook'] = process.argv;

const session = openHttpSession({
  url: BOOMERANG_URL,
  token: BOOMERANG_TOKEN,
  // The customer gets bare JSON, and knows nothing of Boomerang. Any status of 2xx is a yes.
  callback: { protocol: 'HTTP', endpoint: webhook, format: 'RAW', rawContentType: 'application/json' },
  retry: { maxAttempts: 4, strategy: 'EXPONENTIAL', intervalMs: 100, maxIntervalMs: 60_000 },
  dlq: { destination: 'webhooks' },
});

const event = { id: 'evt-17', type: 'order.paid', order: 4711 };
const { taskId } = await session.setTimeout(JSON.stringify(event), 0, { idempotencyKey: event.id });

let task = await session.get(taskId);
while (task.state !== 'delivered' && task.state !== 'dead_lettered') {
  await sleep(100);
  task = await session.get(taskId);
}
for (const { attempt, outcome, error } of task.attempts)
  console.log(`attempt ${attempt}: ${outcome} ${error}`);
console.log(task.state);

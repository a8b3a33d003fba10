import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { Resources } from '@boomerang/runtime';
import type { OnForwarded } from './forwarded.js';

/** Receives dead letters over HTTP. Returns the URL to send them to. */
export async function openDeadLetterWebhook(onForwarded: OnForwarded, resources: Resources): Promise<string> {
  const server = createServer(async (request, response) => {
    try {
      const { task_id } = (await json(request)) as { task_id: string };
      const deadLetterId = String(request.headers['webhook-id']);
      onForwarded({ destination: 'webhook', deadLetterId, taskId: task_id });
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(400).end((error as Error).message);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  resources.defer('webhook', () => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/dead-letters`;
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@boomerang/testkit';

export interface ReceivedDeadLetter {
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Receives dead letters and acknowledges them. */
export interface Webhook {
  readonly url: string;
  readonly received: readonly ReceivedDeadLetter[];
  /** Waits until dead letters of so many ids are there. */
  waitForIds(count: number): Promise<void>;
  close(): void;
}

export async function startWebhook(): Promise<Webhook> {
  const received: ReceivedDeadLetter[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    received.push({ id: String(request.headers['webhook-id']), body });
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dead`,
    received,
    async waitForIds(count) {
      const ids = () => new Set(received.map(({ id }) => id)).size;
      await waitFor(() => ids() >= count, { timeoutMs: 50_000, message: `dead letters of ${count} ids` });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

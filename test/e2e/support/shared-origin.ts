import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Visit {
  readonly path: string;
  readonly clientId: string;
  readonly taskId: string;
  readonly attempt: number;
}

/**
 * One origin with many endpoints: paths under `/down` answer 503, those under `/hang` never, those under `/stall` only the
 * first time, all others always.
 */
export interface SharedOrigin {
  readonly url: string;
  readonly visits: readonly Visit[];
  close(): void;
}

export async function startSharedOrigin(): Promise<SharedOrigin> {
  const visits: Visit[] = [];
  const server = createServer(({ url: path = '', headers }, response) => {
    const first = visits.every((visit) => visit.path !== path);
    visits.push({
      path,
      clientId: String(headers['boomerang-client-id']),
      taskId: String(headers['boomerang-task-id']),
      attempt: Number(headers['boomerang-attempt']),
    });
    if (path.startsWith('/down')) response.writeHead(503).end();
    else if (!path.startsWith('/hang') && (first || !path.startsWith('/stall'))) response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

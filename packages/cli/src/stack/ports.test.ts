import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { freePort } from '@boomerang/redis-server';
import { expect, test } from 'vitest';
import { choosePorts } from './ports.js';

const host = '127.0.0.1';

test('0 picks a free port for each', async () => {
  const ports = await choosePorts({ tcpPort: 0, grpcPort: 0, httpPort: 0, host });
  expect(new Set(Object.values(ports)).size).toBe(5);
  expect(Object.values(ports).every((port) => port > 1_023)).toBe(true);
});

test('scheduler and worker take the two after the HTTP port', async () => {
  const httpPort = await freePort();
  const ports = await choosePorts({ tcpPort: 0, grpcPort: 0, httpPort, host });
  expect(ports).toMatchObject({ http: httpPort, scheduler: httpPort + 1, worker: httpPort + 2 });
});

test('a port that is taken is named with its variable', async () => {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const choosing = choosePorts({ tcpPort: port, grpcPort: 0, httpPort: 0, host });
  await expect(choosing).rejects.toThrow(`port ${port} on ${host} (BOOMERANG_TCP_PORT) is taken`);
  server.close();
});

test('one port for two is refused', async () => {
  const port = await freePort();
  await expect(choosePorts({ tcpPort: port, grpcPort: 0, httpPort: port, host })).rejects.toThrow(
    'is chosen for two services',
  );
});

import type { NatsDestination } from '@boomerang/domain';
import { expect, test } from 'vitest';
import { BrokerConnections } from './broker-connections.js';
import { MessageRefusedError } from './sink.js';

const DESTINATION = { kind: 'nats' } as NatsDestination;

/** Connections that are numbered as they are opened, and those that were closed. */
function numbered() {
  const closed: number[] = [];
  let opened = 0;
  const connections = new BrokerConnections<NatsDestination, number>(1_000, {
    open: async () => ++opened,
    close: async (connection) => closed.push(connection),
  });
  return { connections, closed };
}

test('an error of one client closes its connection, and not that of another to the same destination', async () => {
  const { connections, closed } = numbered();
  const used: number[] = [];
  const note = async (connection: number) => used.push(connection);
  await connections.use(DESTINATION, 'calm', note);
  const failing = connections.use(DESTINATION, 'failing', () => Promise.reject(new Error('reset')));
  await expect(failing).rejects.toThrow('reset');
  await connections.use(DESTINATION, 'calm', note);
  await connections.use(DESTINATION, 'failing', note);
  expect(closed).toEqual([2]);
  expect(used).toEqual([1, 1, 3]);
  await connections.close();
  expect(closed.sort()).toEqual([1, 2, 3]);
});

test('a refused message leaves the connection open', async () => {
  const { connections, closed } = numbered();
  const refused = connections.use(DESTINATION, 'shop', () =>
    Promise.reject(new MessageRefusedError('too large')),
  );
  await expect(refused).rejects.toThrow('too large');
  expect(closed).toEqual([]);
  await connections.close();
});

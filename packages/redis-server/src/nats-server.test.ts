import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { type NatsServer, NatsServerMissingError, startNatsServer } from './nats-server.js';

/** The first words of the server; undefined where nobody listens. */
function greeting(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(undefined));
    socket.once('data', (chunk) => {
      socket.destroy();
      resolve(chunk.toString());
    });
  });
}

/** Undefined where there is none to be had, which continuous integration has to have. */
async function start(settings?: readonly string[]): Promise<NatsServer | undefined> {
  try {
    return await startNatsServer(settings);
  } catch (error) {
    if (error instanceof NatsServerMissingError && !process.env.CI) return undefined;
    throw error;
  }
}

test('a NATS server with JetStream is back on its port after a kill, and gone after a stop', async ({
  skip,
}) => {
  const server = await start();
  if (!server) return skip('no nats-server');
  expect(await greeting(server.port)).toContain('"jetstream":true');
  await server.kill();
  expect(await greeting(server.port)).toBeUndefined();
  await server.restart();
  expect(await greeting(server.port)).toContain('"jetstream":true');
  await server.stop();
  await server.stop();
  expect(await greeting(server.port)).toBeUndefined();
});

test('a NATS server that does not start says why', async ({ skip }) => {
  const server = await start();
  if (!server) return skip('no nats-server');
  await server.stop();
  await expect(startNatsServer(['no_such_setting: true'])).rejects.toThrow(
    /ended at its start; it wrote:.*no_such_setting/s,
  );
});

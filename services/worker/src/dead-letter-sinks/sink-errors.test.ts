import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type OutsideDestination, parseDestination } from '@boomerang/domain';
import { freePort } from '@boomerang/redis-server';
import { createLogger } from '@boomerang/runtime';
import { BrokerMissingError, ifAvailable, startNats, startRabbitmq } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aMessage, sinkOptions } from '../../test-support/a-message.js';
import { createWorkerLog } from '../log.js';
import { BrokerCredentials } from './broker-credentials.js';
import { createSinks } from './sinks.js';

const secret = `planted-${randomBytes(8).toString('hex')}`;

/** What is logged of a dead letter that could not be sent there. */
async function logOf(destination: string, timeoutMs = 500): Promise<string> {
  const login = destination.replace(/:\/\/([^/]*).*/, `://dead:${secret}@$1`);
  const credentials = new BrokerCredentials(destination.startsWith('http') ? [] : [login]);
  const sinks = createSinks({ ...sinkOptions({ timeoutMs }), credentials });
  let line = '';
  const write = (text: string) => {
    line += text;
  };
  const log = createWorkerLog(createLogger({ service: 'worker', destination: { write } }));
  const outside = parseDestination(destination) as OutsideDestination;
  await sinks.send(outside, aMessage()).then(
    () => expect.unreachable(`${destination} took it`),
    (error) => log.forwardFailed(outside, error),
  );
  await sinks.close();
  return line;
}

const webhook = (base: string) => `${base}/${secret}?token=${secret}`;
const named = (base: string) => `${base}/${base.startsWith('amqp') ? '/' : ''}dead`;

describe('what is logged shows neither a login nor more of a webhook than its host', () => {
  const servers: Server[] = [];
  let ports: Record<'closed' | 'resetting' | 'silent' | 'babbling', number>;

  async function listen(serve: Parameters<typeof createServer>[1]): Promise<number> {
    const server = createServer(serve).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  }

  beforeAll(async () => {
    ports = {
      closed: await freePort(),
      resetting: await listen((socket) => socket.resetAndDestroy()),
      silent: await listen((socket) => socket.on('error', () => undefined).resume()),
      babbling: await listen((socket) =>
        socket.on('error', () => undefined).end('-ERR what do you want?\r\n\r\n'),
      ),
    };
  });
  afterAll(() => servers.forEach((server) => void server.close()));

  const schemes = ['http', 'https', 'nats', 'nats+tls', 'amqp', 'amqps', 'kafka', 'kafka+tls'];
  const ways = ['closed', 'resetting', 'silent', 'babbling'] as const;
  test.each(schemes.flatMap((scheme) => ways.map((way) => [scheme, way] as const)))(
    '%s, %s',
    async (scheme, way) => {
      const base = `${scheme}://127.0.0.1:${ports[way]}`;
      const line = await logOf(scheme.startsWith('http') ? webhook(base) : named(base));
      expect(JSON.parse(line)).toMatchObject({
        destination: base,
        err: { message: expect.stringMatching(/\w{4}/) },
      });
      expect(line).not.toContain(secret);
    },
  );

  test('a NATS server that refuses the login', async ({ skip }) => {
    const nats = await ifAvailable(() => startNats(['authorization { user: dead, password: another }']));
    if (nats instanceof BrokerMissingError) return skip(nats.message);
    const line = await logOf(named(`nats://127.0.0.1:${nats.port}`), 10_000);
    await nats.stop();
    expect(line).toMatch(/authorization violation/i);
    expect(line).not.toContain(secret);
  });

  test('a RabbitMQ that refuses the login', async ({ skip }) => {
    const rabbitmq = await ifAvailable(startRabbitmq);
    if (rabbitmq instanceof BrokerMissingError) return skip(rabbitmq.message);
    const line = await logOf(named(`amqp://127.0.0.1:${rabbitmq.port}`), 10_000);
    await rabbitmq.stop();
    expect(line).toMatch(/ACCESS_REFUSED/);
    expect(line).not.toContain(secret);
  }, 120_000);
});

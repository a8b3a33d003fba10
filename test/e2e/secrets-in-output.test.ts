import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, openSession } from '@boomerang/client';
import { connectRedis, createClientDirectory, type RedisConnection } from '@boomerang/redis';
import { freePort, type RedisServer, startRedisServer } from '@boomerang/redis-server';
import {
  BrokerMissingError,
  ifAvailable,
  selfSignedCertificate,
  startNats,
  waitFor,
} from '@boomerang/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { awkward, declaredSettings, markers, planted, shownIn, urlWith } from './support/planted-secrets.js';
import { startRefusingReceiver } from './support/refusing-receiver.js';
import { type ProgramName, programs, type WatchedProcess, watchProcess } from './support/watched-process.js';

const ALL = Object.keys(programs) as ProgramName[];
const ON_REDIS = ALL.filter((name) => name !== 'client dlq list');
const SERVICES: ProgramName[] = ['gateway', 'scheduler', 'worker'];
const CERT = { BOOMERANG_TCP_TLS_CERT: fileURLToPath(new URL('../../package.json', import.meta.url)) };
const PEM = `-----BEGIN PRIVATE KEY-----\n${markers.keyFile}\n-----END PRIVATE KEY-----\n`;
const stackFile = fileURLToPath(new URL('../../.boomerang/stack.json', import.meta.url));

let server: RedisServer;
let admin: RedisConnection;
let folder: string;
let stackFileBefore: string | undefined;
const started: WatchedProcess[] = [];

beforeAll(async () => {
  stackFileBefore = existsSync(stackFile) ? readFileSync(stackFile, 'utf8') : undefined;
  folder = mkdtempSync(join(tmpdir(), 'boomerang-secrets-'));
  server = await startRedisServer();
  admin = await connectRedis({ url: server.url, name: 'admin' });
  await grant(markers.password);
  await createClientDirectory(admin, markers.pepper).create('shop');
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.stop()));
});
afterAll(async () => {
  if (stackFileBefore !== undefined) writeFileSync(stackFile, stackFileBefore);
  admin?.disconnect();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Lets user `planted` in with this password and no other, and do everything. */
async function grant(marker: string): Promise<void> {
  await call('ACL', 'SETUSER', 'planted', 'reset', 'on', `>${awkward(marker)}`, '~*', '&*', '+@all');
}

async function call(...[command, ...args]: [string, ...string[]]): Promise<unknown> {
  return (admin as { call(command: string, ...args: string[]): Promise<unknown> }).call(command, ...args);
}

/** Every secret setting with its marker but for the files of TLS, which not every port is to speak. */
async function settings(env: Record<string, string> = {}): Promise<Record<string, string>> {
  const plain = Object.fromEntries(Object.entries(planted).filter(([name]) => !name.endsWith('_TLS_KEY')));
  const ports = {
    BOOMERANG_HTTP_PORT: String(await freePort()),
    BOOMERANG_TCP_PORT: '0',
    BOOMERANG_GRPC_PORT: '0',
  };
  const more = { BOOMERANG_HOST: '127.0.0.1', BOOMERANG_CALLBACK_ALLOW: '127.0.0.0/8' };
  return { ...plain, ...ports, ...more, BOOMERANG_LOG_LEVEL: 'trace', ...env };
}

async function run(name: ProgramName, env: Record<string, string> = {}): Promise<WatchedProcess> {
  const watched = watchProcess(name, await settings(env));
  started.push(watched);
  return watched;
}

/** Each has to fail, to say why, and to keep its secrets for itself. */
async function expectSilentFailure(names: readonly ProgramName[], env: Record<string, string>, says: RegExp) {
  await Promise.all(
    names.map(async (name) => {
      const watched = await run(name, env);
      expect(await watched.ended, `${name}: ${watched.output()}`).toBe(1);
      expect(shownIn(watched.output()), `${name}: ${watched.output()}`).toEqual([]);
      expect(watched.output(), name).toMatch(says);
    }),
  );
}

test('every setting that carries a secret has a marker here, and what sounds like one is declared as one', () => {
  const secret = declaredSettings.filter(({ secret, kind }) => secret || kind === 'url-list');
  expect(Object.keys(planted).sort()).toEqual([...new Set(secret.map(({ variable }) => variable))].sort());
  const texts = declaredSettings.filter(({ kind }) => ['string', 'list', 'key', 'url-list'].includes(kind));
  const sounds = /KEY|SECRET|PASS|TOKEN|PEPPER|LOGIN|CREDENTIAL|AUTH|URL/;
  const open = texts.filter(({ variable }) => sounds.test(variable) && !(variable in planted));
  expect(open.map(({ variable }) => variable)).toEqual([]);
});

describe('at the start', () => {
  test('a wrong password', async () => {
    await expectSilentFailure(
      ON_REDIS,
      { BOOMERANG_REDIS_URL: urlWith(server.port, awkward(markers.nextPassword)) },
      /WRONGPASS/,
    );
  });

  test('a user who may do nothing', async () => {
    await call(
      'ACL',
      'SETUSER',
      'barred',
      'reset',
      'on',
      `>${awkward(markers.password)}`,
      '~*',
      '&*',
      '+ping',
      '+info',
    );
    const url = urlWith(server.port, awkward(markers.password), { user: 'barred' });
    await expectSilentFailure(ON_REDIS, { BOOMERANG_REDIS_URL: url }, /NOPERM|may not/);
  });

  test('nobody listens', async () => {
    const url = urlWith(await freePort(), awkward(markers.password));
    await expectSilentFailure(ON_REDIS, { BOOMERANG_REDIS_URL: url }, /ECONNREFUSED/);
  });

  test('no node of a Cluster answers', async () => {
    const nodes = [await freePort(), await freePort()].map((port) =>
      urlWith(port, awkward(markers.password)),
    );
    const env = { BOOMERANG_REDIS_URL: nodes.join(',') };
    await expectSilentFailure(['gateway', 'worker', 'client add-key'], env, /can't reach Redis/);
  });

  test('no TLS where it is asked for', async () => {
    const url = urlWith(server.port, awkward(markers.password), { scheme: 'rediss' });
    await expectSilentFailure(ON_REDIS, { BOOMERANG_REDIS_URL: url }, /can't reach Redis/);
  });

  test('a Redis that has AUTH by another name, and echoes what it does not know', async () => {
    const odd = await startRedisServer({
      args: ['--rename-command', 'AUTH', 'LOGIN', '--rename-command', 'HELLO', ''],
    });
    const url = urlWith(odd.port, awkward(markers.password));
    await expectSilentFailure(ON_REDIS, { BOOMERANG_REDIS_URL: url }, /unknown command/).finally(() =>
      odd.stop(),
    );
  });

  test('a certificate that nobody vouches for', async () => {
    const { cert, key } = selfSignedCertificate();
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key);
    const port = await freePort();
    const tls = ['--tls-port', String(port), '--tls-cert-file', files.cert, '--tls-key-file', files.key];
    const guarded = await startRedisServer({ args: [...tls, '--tls-ca-cert-file', files.cert] });
    const url = urlWith(port, awkward(markers.password), { scheme: 'rediss' });
    const failure = expectSilentFailure(ON_REDIS, { BOOMERANG_REDIS_URL: url }, /certificate/);
    await failure.finally(() => guarded.stop());
  });

  test('a Sentinel that wants another password, and one that is none', async () => {
    const names: ProgramName[] = ['gateway', 'worker', 'client add-key'];
    await Promise.all(
      [markers.password, markers.nextPassword].map((marker) => {
        const url = urlWith(server.port, awkward(marker));
        const env = { BOOMERANG_REDIS_SENTINEL_MASTER: 'timers', BOOMERANG_REDIS_URL: url };
        return expectSilentFailure(names, env, /can't reach Redis/);
      }),
    );
  });

  const mistyped = (password: string) => [
    `redis://planted:${password}/x@127.0.0.1:1`,
    `redis://planted:1#${password}@127.0.0.1:1`,
    `redis://planted:${password}`,
    `redis://planted:1,${password}@127.0.0.1:1`,
    `redis//planted:${password}@127.0.0.1:1`,
    `"redis://planted:${password}@127.0.0.1:1"`,
    `redis://planted:%zz${password}@127.0.0.1:1`,
    password,
  ];
  test.each(mistyped('PASSWORD').map((url, i) => [url, i] as const))('a mistyped URL: %s', async (_, i) => {
    const env = { BOOMERANG_REDIS_URL: mistyped(markers.password)[i] as string };
    await expectSilentFailure(['gateway', 'client add-key'], env, /BOOMERANG_REDIS_URL is .*percent-encoded/);
  });

  test.each<[why: string, names: ProgramName[], env: Record<string, string>, says: RegExp]>([
    [
      'a key of wrong length',
      ['worker', 'client secret list', 'start'],
      { BOOMERANG_MASTER_KEY: markers.pepper },
      /_MASTER_KEY is a secret of/,
    ],
    [
      'a login without a password',
      ['worker'],
      { BOOMERANG_FORWARD_LOGINS: `nats://${markers.login}` },
      /_FORWARD_LOGINS is a secret of/,
    ],
    [
      'a key of no client',
      ['start'],
      { BOOMERANG_DEV_TOKEN: markers.token },
      /_DEV_TOKEN: that is not a client's key/,
    ],
    [
      'a key file that is not there',
      ['gateway'],
      { ...CERT, BOOMERANG_TCP_TLS_KEY: planted.BOOMERANG_TCP_TLS_KEY as string },
      /_TLS_KEY: .*ENOENT/,
    ],
    [
      'a key file of the gRPC port that is not there',
      ['gateway'],
      {
        BOOMERANG_GRPC_TLS_CERT: CERT.BOOMERANG_TCP_TLS_CERT,
        BOOMERANG_GRPC_TLS_KEY: planted.BOOMERANG_GRPC_TLS_KEY as string,
      },
      /GRPC_TLS_KEY: .*ENOENT/,
    ],
    [
      'a key file of the HTTP port that is not there',
      ['gateway'],
      {
        BOOMERANG_HTTP_TLS_CERT: CERT.BOOMERANG_TCP_TLS_CERT,
        BOOMERANG_HTTP_TLS_KEY: planted.BOOMERANG_HTTP_TLS_KEY as string,
      },
      /HTTP_TLS_KEY: .*ENOENT/,
    ],
    [
      'a key file for callbacks that is not there',
      ['worker'],
      {
        BOOMERANG_CALLBACK_TLS_CERT: CERT.BOOMERANG_TCP_TLS_CERT,
        BOOMERANG_CALLBACK_TLS_KEY: planted.BOOMERANG_CALLBACK_TLS_KEY as string,
      },
      /CALLBACK_TLS_KEY: .*ENOENT/,
    ],
    [
      'a key where its file should be named',
      ['gateway'],
      { ...CERT, BOOMERANG_TCP_TLS_KEY: PEM },
      /_TLS_KEY: expected/,
    ],
    [
      'a key where the certificate should be',
      ['gateway'],
      { BOOMERANG_TCP_TLS_CERT: PEM, BOOMERANG_TCP_TLS_KEY: PEM },
      /_TLS_CERT is "-----BEGIN/,
    ],
  ])('another setting mistyped: %s', async (_, names, env, says) => {
    const url = urlWith(server.port, awkward(markers.password));
    await expectSilentFailure(names, { BOOMERANG_REDIS_URL: url, ...env }, says);
  });
});

test('everything runs, and then the password is changed, the user barred, locked out and let in again', async () => {
  const url = urlWith(server.port, awkward(markers.password));
  const processes = await Promise.all(SERVICES.map((name) => run(name, { BOOMERANG_REDIS_URL: url })));
  const stack = await run('start', {
    BOOMERANG_REDIS_URL: url,
    BOOMERANG_TCP_PORT: String(await freePort()),
    BOOMERANG_GRPC_PORT: '0',
    BOOMERANG_HTTP_PORT: '0',
  });
  await Promise.all([...processes.map((each) => each.says(/"msg":"started"/)), stack.says(/"ready":true/)]);

  const complain = async (what: RegExp) => {
    await Promise.all([...processes.map((each) => each.says(what)), stack.says(what, 3)]);
  };
  await grant(markers.nextPassword);
  await call('CLIENT', 'KILL', 'USER', 'planted');
  await complain(/WRONGPASS/);
  await call('ACL', 'SETUSER', 'planted', 'reset', 'on', `>${awkward(markers.password)}`);
  await complain(/NOPERM/);
  await call('ACL', 'SETUSER', 'planted', 'off');
  await call('CLIENT', 'KILL', 'USER', 'planted');
  await grant(markers.password);
  await call('CLIENT', 'KILL', 'USER', 'planted');
  for (const each of processes) expect(shownIn(each.output()), each.name).toEqual([]);
  // That line hands out the development client's key, which is what it is for.
  const [readyLine = ''] = /^.*"ready":true.*$/m.exec(stack.output()) ?? [];
  expect(JSON.parse(readyLine)).toMatchObject({ redis: `redis://***@127.0.0.1:${server.port}` });
  expect(shownIn(stack.output().replace(planted.BOOMERANG_DEV_TOKEN as string, ''))).toEqual([]);
});

test('a dead letter that no destination takes: webhooks and brokers that refuse, reset, or are not there', async () => {
  const nats = await ifAvailable(() => startNats(['authorization { user: dead, password: another }']));
  if (nats instanceof BrokerMissingError) throw nats;
  const resetting = createServer((socket) => socket.resetAndDestroy()).listen(0, '127.0.0.1');
  const receiver = await startRefusingReceiver();
  await waitFor(() => resetting.listening, { message: 'the server that resets' });
  const resetPort = (resetting.address() as { port: number }).port;
  const closed = await freePort();
  const brokers = [nats.port, closed, resetPort].flatMap((port) =>
    ['nats', 'amqp', 'kafka', 'nats+tls', 'amqps', 'kafka+tls'].map((scheme) => ({ scheme, port })),
  );
  const login = awkward(markers.login);
  const logins = brokers.map(
    ({ scheme, port }) => `${scheme}://dead:${encodeURIComponent(login)}@127.0.0.1:${port}`,
  );
  const url = urlWith(server.port, awkward(markers.password));
  const env = {
    BOOMERANG_REDIS_URL: url,
    BOOMERANG_FORWARD_LOGINS: logins.join(','),
    BOOMERANG_CALLBACK_TIMEOUT_MS: '1000',
  };
  const tcpPort = await freePort();
  const [gateway, , worker] = await Promise.all([
    run('gateway', { ...env, BOOMERANG_TCP_PORT: String(tcpPort), BOOMERANG_GRPC_PORT: '0' }),
    run('scheduler', env),
    run('worker', env),
  ]);
  await Promise.all(started.map((each) => each.says(/"msg":"started"/)));
  const webhooks = [
    receiver.url,
    `http://127.0.0.1:${closed}/`,
    `http://127.0.0.1:${resetPort}/`,
    `https://127.0.0.1:${resetPort}/`,
  ].map((base) => `${base}${markers.webhook}?token=${markers.webhook}`);
  const destinations = [
    ...webhooks,
    ...brokers.map(
      ({ scheme, port }) => `${scheme}://127.0.0.1:${port}/${scheme.startsWith('amqp') ? '/' : ''}dead`,
    ),
  ];
  const token = await createClientDirectory(admin, markers.pepper).addKey('shop');
  const connection = await connect({ port: tcpPort });
  for (const destination of destinations) {
    const callback = {
      protocol: 'HTTP' as const,
      endpoint: `${receiver.url}${markers.webhook}?token=${markers.webhook}`,
    };
    const session = await openSession(connection, { token, callback, dlq: { destination } });
    await session.setTimeout('x', 0);
  }
  await worker.says(/"msg":"dead-lettered"/, destinations.length);
  await worker.says(/"msg":"dead letter not forwarded; trying again"/, 3);
  await connection.close();
  for (const each of [gateway, worker]) expect(shownIn(each.output()), each.output()).toEqual([]);
  receiver.close();
  resetting.close();
  await nats.stop();
});

test('a key that no gateway knows', async () => {
  const url = urlWith(server.port, awkward(markers.password));
  const tcpPort = await freePort();
  const gateway = await run('gateway', {
    BOOMERANG_REDIS_URL: url,
    BOOMERANG_TCP_PORT: String(tcpPort),
    BOOMERANG_GRPC_PORT: '0',
  });
  await gateway.says(/"msg":"started"/);
  const BOOMERANG_TOKEN = `bmr_unknown_${markers.token}`;
  const unknown = { BOOMERANG_GATEWAY: `tcp://127.0.0.1:${tcpPort}`, BOOMERANG_TOKEN };
  await expectSilentFailure(['client dlq list'], unknown, /unknown or wrong key/);
  await expectSilentFailure(
    ['client dlq list'],
    { BOOMERANG_GATEWAY: `tcp://shop:${markers.token}@127.0.0.1:${tcpPort}` },
    /BOOMERANG_GATEWAY/,
  );
  expect(shownIn(gateway.output())).toEqual([]);
});

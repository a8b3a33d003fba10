import {
  ActivityRecorder,
  BoomerangError,
  DEFAULT_PERMISSIONS,
  type ExecutionStore,
} from '@boomerang/domain';
import { spageApiService } from '@boomerang/protocol';
import { createLogger, createMetrics } from '@boomerang/runtime';
import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { createGatewayLog } from '../../log.js';
import { createGatewayMetrics } from '../../metrics.js';
import type { OperationContext } from '../../operations/operation.js';
import { createPerform } from '../../operations/perform.js';
import { addSpageApi, type SpageApiDependencies } from './spage-api.js';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

/** The API on a store whose `get` is given, for a caller who may do everything. */
async function open(get: ExecutionStore['get'], redisTimeoutMs = 60_000) {
  const server = new Server();
  const prometheus = createMetrics({ service: 'gateway' });
  const caller = { clientId: 'shop', keyId: 'k1', permissions: DEFAULT_PERMISSIONS, policy: undefined };
  const context = { executions: { get } } as unknown as OperationContext;
  addSpageApi(server, {
    perform: createPerform(context, redisTimeoutMs, { note: () => undefined }, new ActivityRecorder()),
    authentication: { callerOf: async () => caller },
    prometheus,
    metrics: createGatewayMetrics(prometheus),
    log: createGatewayLog(createLogger({ service: 'gateway', level: 'silent' })),
  } as unknown as SpageApiDependencies);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  closers.push(
    () => server.forceShutdown(),
    () => client.close(),
  );
  return client;
}

const { path, requestSerialize, responseDeserialize } = spageApiService.getTaskStatus;

/** A store that never answers, and reports the signal that it was given. */
function silentStore() {
  const signals: AbortSignal[] = [];
  const get: ExecutionStore['get'] = (_client, _name, signal) => {
    if (signal) signals.push(signal);
    return new Promise(() => undefined);
  };
  return { signals, get };
}

test('a call that its client cancels ends what is asked of the store for it', async () => {
  const { signals, get } = silentStore();
  const client = await open(get);
  const call = client.makeUnaryRequest(
    path,
    requestSerialize,
    responseDeserialize,
    { taskId: 't' },
    () => undefined,
  );
  await expect.poll(() => signals.length).toBe(1);
  expect(signals[0]?.aborted).toBe(false);
  call.cancel();
  await expect.poll(() => signals[0]?.aborted).toBe(true);
});

test('a deadline of a call that is shorter than the time for Redis ends it', async () => {
  const { signals, get } = silentStore();
  const client = await open(get);
  const deadline = Date.now() + 200;
  const calling = new Promise((_, reject) =>
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      { taskId: 't' },
      new Metadata(),
      { deadline },
      (error) => reject(error),
    ),
  );
  await expect(calling).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await expect.poll(() => signals[0]?.aborted).toBe(true);
});

test('the time for Redis ends a call whose client would wait longer, or for ever', async () => {
  const client = await open(silentStore().get, 50);
  const calling = new Promise((_, reject) =>
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { taskId: 't' }, (error) =>
      reject(error),
    ),
  );
  await expect(calling).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

test('a message that can not be read is refused in the words of this door', async () => {
  const client = await open(async () => {
    throw new BoomerangError('internal', 'it was asked');
  });
  const garbage = () => Buffer.from([0x0a, 0x7f, 0x01]);
  const calling = new Promise((_, reject) =>
    client.makeUnaryRequest(path, garbage, responseDeserialize, {}, (error) => reject(error)),
  );
  await expect(calling).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringMatching(/^the message can't be read/),
  });
  const error = (await calling.catch((thrown) => thrown)) as { metadata: Metadata };
  expect(error.metadata.get('grpc-status-details-bin')).toHaveLength(1);
});

import { spageApiService } from '@boomerang/protocol';
import { createLogger, createMetrics } from '@boomerang/runtime';
import { waitFor } from '@boomerang/testkit';
import { type ChannelCredentials, Client, credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { service as healthService, protoPath } from 'grpc-health-check';
import { afterEach, expect, test } from 'vitest';
import { mountSecret, type SecretMount } from '../../../test-support/certificate-files.js';
import { createGatewayLog } from '../../log.js';
import { createGatewayMetrics } from '../../metrics.js';
import { TIME_LIMITS } from '../shared/limits.js';
import { createGrpcServer } from './server.js';

const SERVICE = 'spage.api.SpageAPI';
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function open({
  secret,
  trouble = async () => undefined,
  maxConnectionsPerAddress = 10,
}: {
  secret?: SecretMount;
  trouble?: () => Promise<string | undefined>;
  maxConnectionsPerAddress?: number;
} = {}) {
  const server = createGrpcServer(
    { port: 0, host: '127.0.0.1', certificate: secret?.files, maxConnectionAgeMs: 60_000 },
    {
      addServices(grpc) {
        grpc.addService(spageApiService, {
          healthCheck: (_call: unknown, done: (error: null, answer: object) => void) =>
            done(null, { status: 'healthy' }),
        });
        return [SERVICE];
      },
      trouble,
      metrics: createGatewayMetrics(createMetrics({ service: 'gateway' })),
      log: createGatewayLog(createLogger({ service: 'gateway', level: 'silent' })),
      limits: { ...TIME_LIMITS, sessionMs: 300, maxConnections: 20, maxConnectionsPerAddress },
    },
  );
  const port = await server.start();
  closers.push(() => server.close());
  return { server, port };
}

function client(port: number, creds: ChannelCredentials = credentials.createInsecure()): Client {
  const made = new Client(`127.0.0.1:${port}`, creds, { 'grpc.ssl_target_name_override': 'localhost' });
  closers.push(() => made.close());
  return made;
}

function ask<Answer>(from: Client, method: { path: string }, request: object = {}): Promise<Answer> {
  const { path, requestSerialize, responseDeserialize } =
    method as never as typeof spageApiService.healthCheck;
  return new Promise((resolve, reject) =>
    from.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, answer) =>
      error ? reject(error) : resolve(answer as Answer),
    ),
  );
}
const askHealth = (from: Client, service: string) =>
  ask<{ status: string }>(from, healthService.Check as never, { service });

test('a service is served over clear text; what it has no handler for is UNIMPLEMENTED', async () => {
  const { port } = await open();
  const from = client(port);
  expect(await ask(from, spageApiService.healthCheck)).toMatchObject({ status: 'healthy' });
  await expect(ask(from, spageApiService.getMetrics)).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
});

test('the standard health service follows the state of the gateway', async () => {
  let reason: string | undefined;
  const { port } = await open({ trouble: async () => reason });
  const from = client(port);
  await waitFor(async () => (await askHealth(from, '')).status === 'SERVING', { message: 'it to serve' });
  expect(await askHealth(from, SERVICE)).toMatchObject({ status: 'SERVING' });
  await expect(askHealth(from, 'unknown')).rejects.toMatchObject({ code: status.NOT_FOUND });
  reason = 'redis is away';
  await waitFor(async () => (await askHealth(from, SERVICE)).status === 'NOT_SERVING', {
    message: 'it to serve no more',
  });
});

test('reflection names the services and describes them', async () => {
  const { port } = await open();
  const file = protoPath.replace(
    /grpc-health-check.*/,
    '@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
  );
  // biome-ignore lint/suspicious/noExplicitAny: what is loaded at run time has no types.
  const { ServerReflection } = (loadPackageDefinition(loadSync(file)) as any).grpc.reflection.v1;
  const reflection = new ServerReflection(`127.0.0.1:${port}`, credentials.createInsecure());
  closers.push(() => reflection.close());
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const call: any = reflection.ServerReflectionInfo();
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  const answers: any[] = [];
  call.on('data', (answer: unknown) => answers.push(answer));
  call.write({ listServices: '*' });
  call.write({ fileContainingSymbol: SERVICE });
  await waitFor(() => answers.length === 2, { message: 'both answers' });
  call.end();
  expect(answers[0].listServicesResponse.service).toEqual([{ name: SERVICE }]);
  const files: Buffer[] = answers[1].fileDescriptorResponse.fileDescriptorProto;
  expect(files.length).toBeGreaterThan(1);
  // Types are called by their full names: not every client finds others.
  expect(Buffer.concat(files).includes('.spage.core.TaskPriority')).toBe(true);
});

test('with a certificate TLS is spoken, and nothing else', async () => {
  const secret = await mountSecret();
  closers.push(() => secret.remove());
  const { port } = await open({ secret });
  const trusting = client(port, credentials.createSsl(Buffer.from(secret.first.cert)));
  expect(await ask(trusting, spageApiService.healthCheck)).toMatchObject({ status: 'healthy' });
  await expect(ask(client(port), spageApiService.healthCheck)).rejects.toMatchObject({
    code: status.PERMISSION_DENIED,
    details: expect.stringContaining('not secure enough'),
  });
});

test('connections beyond the limit are closed, and those that are open go on', async () => {
  const { port } = await open({ maxConnectionsPerAddress: 1 });
  const first = client(port);
  expect(await ask(first, spageApiService.healthCheck)).toMatchObject({ status: 'healthy' });
  const second = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  closers.push(() => second.close());
  await expect(ask(second, spageApiService.healthCheck)).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect(await ask(first, spageApiService.healthCheck)).toMatchObject({ status: 'healthy' });
});

test('a close ends connections, and can be called twice', async () => {
  const { server, port } = await open();
  const from = client(port);
  await ask(from, spageApiService.healthCheck);
  await Promise.all([server.close(), server.close()]);
  await expect(ask(from, spageApiService.healthCheck)).rejects.toMatchObject({ code: status.UNAVAILABLE });
});

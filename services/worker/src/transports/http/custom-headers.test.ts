import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AddressGuard } from '@boomerang/address-guard';
import type { HeaderSeal, HttpCallback } from '@boomerang/domain';
import { afterEach, expect, test } from 'vitest';
import { anOccurrence } from '../../../test-support/an-occurrence.js';
import { createHttpTransport } from './http.js';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** What a receiver gets of one attempt, and what becomes of it. */
async function attempt(
  own: Partial<HttpCallback>,
  headers?: Pick<HeaderSeal, 'open'>,
  occurrence = anOccurrence(),
) {
  const seen: (IncomingMessage & { body?: string })[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push(Object.assign(request, { body }));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const transport = createHttpTransport({
    guard: new AddressGuard(['127.0.0.1']),
    ...(headers && { headers }),
    callbackConnectTimeoutMs: 5_000,
    callbackTimeoutMs: 5_000,
    callbackIdleMs: 5_000,
  });
  cleanUps.push(
    () => server.close(),
    () => transport.close(),
  );
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const callback = { protocol: 'HTTP', endpoint, format: 'RAW', ...own } as const;
  const result = await transport.send(callback, occurrence, () => undefined);
  return { seen, result };
}

const sealed = { names: ['authorization', 'user-agent'], sealed: 'sealed for shop' };

test('a request has the method and the headers that the client wants, besides those of Boomerang', async () => {
  const open: HeaderSeal['open'] = (clientId, { sealed }) => ({
    authorization: `${sealed}: ${clientId}`,
    'user-agent': 'its own',
  });
  const { seen, result } = await attempt({ method: 'PUT', headers: sealed }, { open });
  expect(result).toEqual({ kind: 'delivered' });
  expect(seen).toMatchObject([
    {
      method: 'PUT',
      body: 'payload',
      headers: {
        authorization: 'sealed for shop: shop',
        'user-agent': 'its own',
        'boomerang-client-id': 'shop',
        'content-type': 'application/octet-stream',
      },
    },
  ]);
});

test.each(['POST', 'PATCH', 'DELETE', 'GET'] as const)('a %s is one', async (method) => {
  const { seen } = await attempt({ method });
  expect(seen).toMatchObject([{ method, body: 'payload' }]);
});

test('a callback carries the trace that its task was registered in', async () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const { seen } = await attempt({}, undefined, anOccurrence({ traceparent }));
  expect(seen).toMatchObject([{ headers: { traceparent } }]);
  expect((await attempt({})).seen[0]?.headers).not.toHaveProperty('traceparent');
});

test('what a worker can not open is not sent, and comes back uncounted', async () => {
  const open = () => {
    throw new Error('sealed under another key');
  };
  const { seen, result } = await attempt({ headers: sealed }, { open });
  expect(result).toEqual({ kind: 'starved', error: 'sealed under another key' });
  expect(seen).toEqual([]);
  expect((await attempt({ headers: sealed })).result).toMatchObject({ kind: 'starved' });
});

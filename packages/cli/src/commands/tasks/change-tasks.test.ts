import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { createCheckoutProgram } from '../../checkout-program.js';

let server: Server | undefined;
afterEach(() => {
  server?.close().closeAllConnections();
  vi.restoreAllMocks();
});

/** What a gateway is asked by a command, and what the command prints. */
async function run(words: string[]) {
  const asked: string[] = [];
  server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${(await request.toArray()).join('')}`.trim());
    response.end('{"occurrence":2,"dueAt":"2030-01-01T00:00:00.000Z","attemptUnderWay":true}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const program = createCheckoutProgram({ BOOMERANG_URL: url, BOOMERANG_TOKEN: 'bmr_test' });
  await program.parseAsync(['tasks', ...words], { from: 'user' });
  return { asked, printed: written.join('') };
}

test('reschedule sends what is to be changed alone', async () => {
  const { asked, printed } = await run([
    'reschedule',
    'a/b',
    'other',
    '--in',
    '10m',
    '--new-phase',
    '--json',
  ]);
  expect(asked).toEqual(['PATCH /v1/tasks/a%2Fb {"delay":"10m","newPhase":true,"text":"other"}']);
  expect(JSON.parse(printed)).toMatchObject({ id: 'a/b', occurrence: 2, dueAt: '2030-01-01T00:00:00.000Z' });
});

test('pause says whether an attempt is under way', async () => {
  const { asked, printed } = await run(['pause', 't']);
  expect(asked).toEqual(['POST /v1/tasks/t/pause']);
  expect(printed).toMatch(/paused\s+t\n.*2\n.*2030-01-01.*\nbut\s+an attempt is under way/s);
});

test.each(['resume', 'fire'])('%s takes several tasks', async (change) => {
  expect((await run([change, 'a', 'b'])).asked).toEqual([
    `POST /v1/tasks/a/${change}`,
    `POST /v1/tasks/b/${change}`,
  ]);
});

// A service that reminds people: POST /reminders {"id":"1","text":"tea","inMs":60000}, DELETE /reminders/<task id>.
// It keeps nothing itself: it may be stopped, started again and run many times over.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createNodeHandler, openHttpSession } from '@boomerang/client';

const { BOOMERANG_URL = 'http://127.0.0.1:8080', BOOMERANG_TOKEN = '', PORT = '0' } = process.env;

const onCallback = createNodeHandler({
  deduplicate: true,
  onCallback: ({ payload }) => console.log(`reminder: ${Buffer.from(payload).toString()}`),
});

const server = createServer(async (request, response) => {
  if (request.url === '/callbacks') return onCallback(request, response);
  try {
    if (request.method === 'DELETE') {
      const taskId = request.url?.split('/').at(-1) ?? '';
      return response.end(JSON.stringify(await session.cancel(taskId)));
    }
    const { id, text: words, inMs } = JSON.parse(await text(request));
    // The same reminder twice is one: whoever got no answer just asks again.
    const task = await session.setTimeout(words, inMs, { idempotencyKey: `reminder-${id}` });
    response.writeHead(201).end(JSON.stringify(task));
  } catch (error) {
    response.writeHead(400).end(`${(error as Error).message}\n`);
  }
});
await new Promise<void>((resolve) => server.listen(Number(PORT), '127.0.0.1', resolve));
const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const session = openHttpSession({
  url: BOOMERANG_URL,
  token: BOOMERANG_TOKEN,
  callback: { protocol: 'HTTP', endpoint: `${own}/callbacks` },
});
console.log(`listening on ${own}`);

import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@boomerang/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import type { Subscription } from '../../../events/subscription.js';
import { EventStream } from './event-stream.js';

afterEach(() => void vi.useRealTimers());

test('an idle stream says four times a minute where its reader stands', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  let position = '1-0';
  const subscription = { position: '', close: vi.fn() };
  Object.defineProperty(subscription, 'position', { get: () => position });
  const server = createServer((_request, response: ServerResponse) =>
    new EventStream(response, async () => undefined).begin(subscription as unknown as Subscription),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { body } = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('retry: 1000\n: still here\nid: 1-0\n\n');
  position = '2-0';
  vi.advanceTimersByTime(15_000);
  expect((await reader?.read())?.value).toBe(': still here\nid: 2-0\n\n');
  await reader?.cancel();
  await waitFor(() => subscription.close.mock.calls.length > 0, { message: 'the end' });
  expect(vi.getTimerCount()).toBe(0);
  server.close();
});

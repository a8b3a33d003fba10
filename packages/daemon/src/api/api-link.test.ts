import { waitFor } from '@boomerang/testkit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { refusal, TestApi } from '../../test-support/test-api.js';
import { ApiLink, type Gateway, LinkDownError } from './api-link.js';

async function linked(...gateways: readonly [TestApi, ...Gateway[]]) {
  const seen = { ups: 0, downs: [] as string[], events: [] as string[] };
  const link = new ApiLink(gateways, {
    hello: () => ({ type: 'daemon.hello', data: {} }),
    up: () => {
      seen.ups += 1;
    },
    event: ({ type }) => void seen.events.push(type),
    down: ({ message }) => void seen.downs.push(message),
  });
  link.start();
  onTestFinished(() => link.close());
  await waitFor(() => link.isUp, { message: 'the link' });
  return { link, seen };
}
const beat = { type: 'task.heartbeat', data: {} };

test('what is asked is answered once everything before the mark was carried out, with what was refused', async () => {
  const api = new TestApi();
  const { link } = await linked(api);
  expect(await link.ask([beat, beat])).toEqual([]);
  api.answer = ({ type }) => (type === 'task.accepted' ? refusal(type, 'unavailable') : []);
  const [first, second] = await Promise.all([
    link.ask([beat, { type: 'task.accepted', data: {} }]),
    link.ask([beat]),
  ]);
  expect(first).toMatchObject([{ of: 'task.accepted', code: 'unavailable' }]);
  expect(second).toEqual([]);
});

test('what was asked on a stream that broke is not known, and another stream is opened', async () => {
  const api = new TestApi();
  const { link, seen } = await linked(api);
  api.answer = ({ type }) => (type === 'task.heartbeat' ? 'break' : []);
  await expect(link.ask([beat])).rejects.toThrow(LinkDownError);
  expect(link.isUp).toBe(false);
  await expect(link.ask([beat])).rejects.toThrow(LinkDownError);
  await waitFor(() => link.isUp, { message: 'another stream' });
  expect(seen).toMatchObject({ ups: 2, downs: ['the stream broke'] });
  expect(api.of('daemon.hello')).toHaveLength(2);
});

test('a gateway that is away is one of several, and one that refuses the hello is left', async () => {
  const away = new TestApi();
  away.isAway = true;
  const refuses = new TestApi(({ type }) => refusal(type, 'conflict'));
  const there = new TestApi();
  const { link } = await linked(there, away, refuses);
  there.break();
  await waitFor(() => link.isUp, { message: 'the gateway that is there' });
  expect(there.streams).toBe(2);
  expect(refuses.streams).toBeGreaterThan(0);
});

test('a gateway that answers no more is left', async () => {
  const api = new TestApi();
  const { link, seen } = await linked(api);
  api.answer = ({ type }) => (type === 'task.heartbeat' ? 'silent' : []);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const asked = link.ask([beat]);
  vi.advanceTimersByTime(9_999);
  expect(link.isUp).toBe(true);
  vi.advanceTimersByTime(1);
  await expect(asked).rejects.toThrow('the API has not answered in time');
  expect(seen.downs).toEqual(['the API has not answered in time']);
});

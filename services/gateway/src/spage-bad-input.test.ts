import { spage } from '@boomerang/protocol';
import { status } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hello, SpageClient, type TestStream } from '../test-support/spage-client.js';
import { startTestGateway, type TestGateway } from '../test-support/test-gateway.js';

const MOST_STREAMS = 20;

let gateway: TestGateway;
let port: number;
let stopDraining: () => void;
let bystander: TestStream;
const clients: SpageClient[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  port = (await gateway.openDoors({ grpcMaxStreamsPerClient: MOST_STREAMS })).grpc;
  stopDraining = await gateway.startDraining();
  bystander = connect(gateway.tokens.rival).stream();
  bystander.send('daemon.hello', hello({ slots: '100' }));
});
afterAll(async () => {
  for (const client of clients) client.close();
  stopDraining();
  await gateway.stop();
});

function connect(bearer = gateway.tokens.shop, at = port): SpageClient {
  const client = new SpageClient(at, bearer);
  clients.push(client);
  return client;
}
const submit = async (changes: spage.api.SubmitTaskRequest.$Properties = {}) =>
  connect().call('submitTask', { type: 'playbook', ...changes });
const list = (request: spage.api.ListTasksRequest.$Properties) => connect().call('listTasks', request);

/** A daemon of its own for a row, so that rows don't meet. */
function daemon(id: string, changes: Record<string, string> = {}, client = connect()): TestStream {
  const stream = client.stream();
  stream.send('daemon.hello', hello({ daemon_id: id, types: id, ...changes }));
  return stream;
}

/** A daemon that was given a task of its own type: its stream, and the token. */
async function assigned(type: string) {
  const stream = daemon(type);
  await submit({ type });
  const { token = '' } = (await stream.next('task.assigned')).data;
  return { stream, token };
}

const errorTo = async (stream: TestStream) => (await stream.next('error')).data;
const ended = async (stream: TestStream) => {
  await expect.poll(() => stream.error()?.code, { timeout: 5_000 }).toBeDefined();
  return { code: stream.error()?.code, details: stream.error()?.details };
};
const unknownToken = `01900000-0000-7000-8000-000000000000:1:${'0'.repeat(24)}`;
const refused = (message: RegExp, code = 'invalid_request') => ({
  code,
  message: expect.stringMatching(message),
});

/** After whatever a row did, another client's task is executed, on the stream that it opened before all rows. */
afterEach(async () => {
  const client = connect(gateway.tokens.rival);
  const { taskId } = await client.call('submitTask', { type: 'playbook' });
  const { token = '' } = (await bystander.next('task.assigned')).data;
  bystander.send('task.accepted', { token });
  bystander.send('task.completed', { token });
  await expect
    .poll(async () => (await client.call('getTaskStatus', { taskId })).task?.status)
    .toBe(spage.core.TaskStatus.TASK_STATUS_COMPLETED);
});

/** What happens, and the clear error that follows. */
const rows: Record<string, () => Promise<void>> = {
  async 'an empty type'() {
    expect((await submit({ type: '' })).error).toMatchObject(refused(/^type: it is empty; allowed/));
  },

  async 'an unknown priority'() {
    expect((await submit({ priority: 9 as 1 })).error).toMatchObject(
      refused(/^priority: 9 is unknown; allowed/),
    );
  },

  async 'a payload over the limit'() {
    const payload = { a: 'x'.repeat(1_048_576) };
    expect((await submit({ payload })).error).toMatchObject(refused(/^payload: 1048577 bytes.*; allowed/));
  },

  async 'a message that no call may have'() {
    const payload = { a: 'x'.repeat(5 * 1_048_576) };
    await expect(submit({ payload })).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  },

  async 'negative limits'() {
    expect((await list({ limit: -1 })).error).toMatchObject(refused(/^limit: -1 is out of range; allowed/));
    expect((await list({ offset: -1 })).error).toMatchObject(refused(/^offset: -1 is out of range; allowed/));
  },

  async 'an offset past the end'() {
    await submit({ type: 'offset', metadata: { delay_ms: '60000' } });
    const page = await list({ type: 'offset', offset: 9_000 });
    expect([page.tasks?.length, page.total, page.error]).toEqual([0, 1, null]);
    expect((await list({ offset: 9_901 })).error).toMatchObject(
      refused(/^offset: 9901 is out of range; allowed/),
    );
  },

  async 'progress that is no number, or over 100; −1 is accepted'() {
    const { stream, token } = await assigned('progress');
    stream.send('task.accepted', { token });
    for (const progress of ['NaN', '101', '-2', 'Infinity', '1e9', '']) {
      stream.send('task.progress', { token, progress });
      expect(await errorTo(stream)).toMatchObject(
        refused(/^task.progress.progress: .*0 to 100|from -1 to 100/),
      );
    }
    stream.send('task.progress', { token, progress: '-1', message: 'a step failed' });
    stream.send('ping', { at_ms: '1' });
    await stream.next('pong');
    expect(stream.events.filter(({ type }) => type === 'error')).toHaveLength(6);
    stream.send('task.completed', { token });
    stream.end();
  },

  async 'output of an execution that there is not, and more than a piece may have'() {
    const { stream, token } = await assigned('output');
    const output = (request: object) => connect().call('getTaskOutput', request);
    expect((await output({ taskId: 'nobody' })).error).toMatchObject(refused(/nobody/, 'not_found'));
    expect((await output({ taskId: 'nobody', attempt: 1 })).error).toMatchObject(
      refused(/^attempt: 1 with occurrence 0; allowed: both/),
    );
    stream.send('task.accepted', { token });
    stream.send('task.output', { token, sequence: '0', offset: '0', chunk: 'ä'.repeat(131_073) });
    expect(await errorTo(stream)).toMatchObject(refused(/^task.output.chunk: 262146 bytes; allowed/));
    stream.send('task.completed', { token });
    stream.end();
  },

  async 'results for an unknown task'() {
    const stream = daemon('unknown');
    stream.send('task.completed', { token: unknownToken });
    expect((await stream.next('task.stale')).data).toMatchObject({ token: unknownToken });
    stream.send('task.completed', { token: 'nonsense' });
    expect(await errorTo(stream)).toMatchObject(refused(/^token: it is none; allowed/));
    stream.end();
  },

  async 'results for a finished task'() {
    const { stream, token } = await assigned('finished');
    stream.send('task.accepted', { token });
    stream.send('task.completed', { token, 'result.hosts': '1' });
    stream.send('task.failed', { token, error: 'after all' });
    expect((await stream.next('task.stale')).data).toMatchObject({ token });
    const { tasks } = await list({ type: 'finished' });
    expect(tasks?.[0]).toMatchObject({ result: { hosts: '1' }, error: '' });
    stream.end();
  },

  async 'results for a task that another daemon was given since'() {
    const { stream, token } = await assigned('moved');
    stream.send('task.rejected', { token, reason: 'not now' });
    const other = daemon('moved-to', { types: 'moved' });
    const { token: newToken = '' } = (await other.next('task.assigned')).data;
    other.send('task.accepted', { token: newToken });
    stream.send('task.completed', { token });
    expect((await stream.next('task.stale')).data).toMatchObject({ token });
    const { tasks } = await list({ type: 'moved' });
    expect(tasks?.[0]?.status).not.toBe(spage.core.TaskStatus.TASK_STATUS_COMPLETED);
    other.send('task.completed', { token: newToken });
    for (const one of [stream, other]) one.end();
  },

  async 'results of another client'() {
    const { stream, token } = await assigned('foreign');
    stream.send('task.accepted', { token });
    bystander.send('task.completed', { token });
    expect((await bystander.next('task.stale')).data).toMatchObject({ token });
    stream.send('task.completed', { token });
    stream.end();
  },

  async 'two daemons with one id'() {
    const first = daemon('twin');
    first.send('ping', { at_ms: '1' });
    await first.next('pong');
    const second = daemon('twin', { instance_id: 'another' });
    expect(await ended(second)).toMatchObject({
      code: status.ALREADY_EXISTS,
      details: expect.stringMatching(/another instance of daemon twin is connected; allowed: one at a time/),
    });
    first.send('ping', { at_ms: '2' });
    await first.next('pong');
    first.end();
  },

  async 'an event without type'() {
    const stream = connect().stream();
    stream.send('', {});
    expect(await errorTo(stream)).toMatchObject({ of: '', ...refused(/^type: it is empty; allowed/) });
    stream.end();
  },

  async 'an unknown type'() {
    const stream = connect().stream();
    stream.send('task.teleported', {});
    expect(await errorTo(stream)).toMatchObject(refused(/^type: "task.teleported" is not known; allowed/));
    stream.end();
  },

  async 'what only a daemon may say, without its hello'() {
    const stream = connect().stream();
    stream.send('task.accepted', { token: unknownToken });
    expect(await errorTo(stream)).toMatchObject(refused(/no daemon.hello came before it/));
    stream.end();
  },

  async 'a stream that floods with what is wrong'() {
    const stream = connect().stream();
    for (let i = 0; i < 1_000; i++) stream.send('nonsense', {});
    expect(await ended(stream)).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(stream.events.length).toBeLessThanOrEqual(101);
  },

  async 'a stream that floods with what is right'() {
    const stream = connect().stream();
    for (let i = 0; i < 5_000; i++) stream.send('ping', { at_ms: String(i) });
    await submit({ type: 'flooded', metadata: { delay_ms: '60000' } });
    await expect.poll(() => stream.events.length, { timeout: 15_000 }).toBe(5_000);
    expect(stream.events.at(-1)?.data).toEqual({ at_ms: '4999' });
    stream.end();
  },

  async 'a token that expires in mid-stream'() {
    const { grpc } = await gateway.openDoors({ tokenTtlMs: 1_000 });
    const { token } = await connect(gateway.tokens.shop, grpc).call('authenticate', {
      apiKey: gateway.tokens.shop,
    });
    const stream = connect(token ?? '', grpc).stream();
    stream.send('ping', { at_ms: '1' });
    await stream.next('pong');
    expect(await ended(stream)).toMatchObject({
      code: status.UNAUTHENTICATED,
      details: expect.stringMatching(/the token is none, or has expired: send "authorization: Bearer/),
    });
  },

  async 'more streams of one client than it may have'() {
    const streams = Array.from({ length: 2 * MOST_STREAMS }, () => connect().stream());
    for (const stream of streams) stream.send('ping', { at_ms: '1' });
    const over = () => streams.filter((stream) => stream.error()?.code === status.RESOURCE_EXHAUSTED);
    await expect.poll(() => over().length).toBe(MOST_STREAMS);
    expect(over()[0]?.error()?.details).toBe(
      `the client has ${MOST_STREAMS} streams open at this gateway: BOOMERANG_GRPC_MAX_STREAMS_PER_CLIENT = ${MOST_STREAMS}`,
    );
    for (const stream of streams) stream.end();
    const again = connect().stream();
    again.send('ping', { at_ms: '2' });
    await again.next('pong');
    again.end();
  },
};

test.each(Object.entries(rows))('%s: told clearly, and nobody else is disturbed', (_what, run) => run());

import { spage } from '@boomerang/protocol';
import { selfSignedCertificate } from '@boomerang/testkit';
import { credentials, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { EngineClient } from '../../test-support/engine-client.js';
import { testFolder, writeFiles } from '../../test-support/engine-files.js';
import { startTestDaemon } from '../../test-support/test-daemon.js';

const { PlayStatus, TaskStatus } = spage.core;
const COMPLETED = TaskStatus.TASK_STATUS_COMPLETED;
const playOf = async (client: EngineClient, playId: string) =>
  (await client.call('getPlayStatus', { playId })).play ?? undefined;
const taskOf = async (client: EngineClient, taskId: string) =>
  (await client.call('getTaskStatus', { taskId })).task ?? undefined;
const at = (seconds: number) => ({ seconds: 1_756_000_000 + seconds });

function step(playId: string, id: number, state: number, second: number, more: object = {}) {
  const times =
    state === TaskStatus.TASK_STATUS_RUNNING ? { startedAt: at(second) } : { completedAt: at(second) };
  const result = { taskId: id, taskName: `step ${id}`, status: state, ...times, ...more };
  return { playId, taskId: id, result, timestamp: at(second) };
}

describe('an engine of today', () => {
  test('reports a play with a good, a skipped and a failed step that is ignored', async () => {
    const { client } = await startTestDaemon();
    const play = client.stream('streamPlayProgress');
    const steps = client.stream('streamTaskProgress');
    play.send({
      playId: 'p1',
      status: PlayStatus.PLAY_STATUS_PENDING,
      output: 'Play started',
      timestamp: at(0),
    });
    const all = [
      step('p1', 0, TaskStatus.TASK_STATUS_RUNNING, 1),
      step('p1', 0, COMPLETED, 2, { output: 'facts', metrics: { duration: 1, memoryAlloc: 3.5 } }),
      step('p1', 1, TaskStatus.TASK_STATUS_RUNNING, 3),
      step('p1', 1, TaskStatus.TASK_STATUS_SKIPPED, 4),
      step('p1', 2, TaskStatus.TASK_STATUS_RUNNING, 5),
      step('p1', 2, TaskStatus.TASK_STATUS_FAILED, 6, { error: 'ignored: exit status 1' }),
    ];
    for (const update of all) steps.send(update);
    await expect.poll(async () => (await playOf(client, 'p1'))?.tasks?.length).toBe(3);
    play.send({ playId: 'p1', status: PlayStatus.PLAY_STATUS_COMPLETED, output: 'Play completed' });
    play.end();
    steps.cancel();
    await expect
      .poll(async () => (await playOf(client, 'p1'))?.status)
      .toBe(PlayStatus.PLAY_STATUS_COMPLETED);
    const { tasks = [] } = (await playOf(client, 'p1')) ?? {};
    expect(tasks?.map(({ id, status, error }) => [id, status, error])).toEqual([
      [0, COMPLETED, ''],
      [1, TaskStatus.TASK_STATUS_SKIPPED, ''],
      [2, TaskStatus.TASK_STATUS_FAILED, 'ignored: exit status 1'],
    ]);
    expect(tasks?.[0]?.output).toBe('facts');
    expect([...play.heard, ...steps.heard]).toEqual([]);
  });

  test('may report in any order, repeat itself, and go on after the end of its play', async () => {
    const { client } = await startTestDaemon();
    const play = client.stream('streamPlayProgress');
    const steps = client.stream('streamTaskProgress');
    play.send({ playId: 'p2', status: PlayStatus.PLAY_STATUS_COMPLETED });
    await expect
      .poll(async () => (await playOf(client, 'p2'))?.status)
      .toBe(PlayStatus.PLAY_STATUS_COMPLETED);
    steps.send(step('p2', 1, COMPLETED, 2));
    steps.send(step('p2', 1, TaskStatus.TASK_STATUS_RUNNING, 1));
    for (const host of [1, 2]) steps.send(step('p2', 2, TaskStatus.TASK_STATUS_RUNNING, 2 + host));
    for (const host of [1, 2]) steps.send(step('p2', 2, COMPLETED, 4 + host, { output: `host ${host}` }));
    await expect.poll(async () => (await playOf(client, 'p2'))?.tasks?.[1]?.output).toBe('host 2');
    const { status: stands, tasks } = (await playOf(client, 'p2')) ?? {};
    expect(stands).toBe(PlayStatus.PLAY_STATUS_COMPLETED);
    expect(tasks?.map((each) => each.status)).toEqual([COMPLETED, COMPLETED]);
  });

  test('sends five megabytes of output in one message, and goes on', async () => {
    const { client } = await startTestDaemon();
    const steps = client.stream('streamTaskProgress');
    steps.send(step('p3', 1, COMPLETED, 1, { output: `${'x'.repeat(5_000_000)}!` }));
    steps.send(step('p3', 2, COMPLETED, 2));
    await expect.poll(async () => (await playOf(client, 'p3'))?.tasks?.length).toBe(2);
    expect((await playOf(client, 'p3'))?.tasks?.[0]?.output).toHaveLength(16_384);
    expect(steps.error()).toBeUndefined();
  });

  test('that goes without a word about its play has failed, and one that ends a stream too early has not', async () => {
    const { client } = await startTestDaemon();
    const [play, steps, other] = [
      client.stream('streamPlayProgress'),
      client.stream('streamTaskProgress'),
      client.stream('streamTaskProgress'),
    ];
    play.send({ playId: 'gone', status: PlayStatus.PLAY_STATUS_PENDING });
    steps.send(step('gone', 1, COMPLETED, 1));
    other.send(step('there', 1, COMPLETED, 1));
    await expect.poll(async () => (await playOf(client, 'there'))?.tasks?.length).toBe(1);
    await expect.poll(async () => (await playOf(client, 'gone'))?.tasks?.length).toBe(1);
    play.end();
    steps.cancel();
    const failed = PlayStatus.PLAY_STATUS_FAILED;
    await expect.poll(async () => (await playOf(client, 'gone'))?.status, { timeout: 5_000 }).toBe(failed);
    expect((await playOf(client, 'gone'))?.error).toBe('its engine is gone, and has not said how it ended');
    expect((await playOf(client, 'there'))?.status).toBe(PlayStatus.PLAY_STATUS_RUNNING);
  });

  test('that sends what names no play loses that message, and not its stream', async () => {
    const { client } = await startTestDaemon();
    const steps = client.stream('streamTaskProgress');
    steps.send(step('', 1, COMPLETED, 1));
    steps.send(step('p4', 1, COMPLETED, 1));
    await expect.poll(async () => (await playOf(client, 'p4'))?.tasks?.length).toBe(1);
    expect(steps.error()).toBeUndefined();
    steps.end();
    await expect.poll(() => steps.ended()).toBe(true);
  });
});

test('an engine of the second generation registers its play and its end, in either order', async () => {
  const { client } = await startTestDaemon();
  const about = { playId: 'b1', playbook: 'p.yml', inventory: 'h.yml', variables: { a: 'b' } };
  await client.call('registerPlayCompletion', {
    playId: 'b2',
    status: PlayStatus.PLAY_STATUS_FAILED,
    error: 'no',
  });
  expect(await client.call('registerPlay', { ...about, playId: 'b2' })).toMatchObject({ success: true });
  expect(await playOf(client, 'b2')).toMatchObject({
    playbook: 'p.yml',
    status: PlayStatus.PLAY_STATUS_FAILED,
  });
  expect(await client.call('registerPlay', about)).toMatchObject({ success: true, playId: 'b1' });
  const early = client.stream('streamTaskProgress');
  const result = { taskName: 'install', status: COMPLETED };
  const message = { taskId: 'install', result, timestamp: { seconds: 1_753_990_000, nanos: 999_000_000 } };
  early.send(Buffer.from(spage.core.EarlyTaskProgressUpdate.encode(message).finish()));
  await expect.poll(async () => (await playOf(client, 'b1'))?.tasks?.[0]?.name).toBe('install');
  await client.call('registerPlayCompletion', { playId: 'b1', status: PlayStatus.PLAY_STATUS_COMPLETED });
  expect(await playOf(client, 'b1')).toMatchObject({ status: PlayStatus.PLAY_STATUS_COMPLETED });
});

test('an engine of the first generation registers its task twice, and reports each step on its own', async () => {
  const { client } = await startTestDaemon();
  for (const playbook of ['p.yml', '/srv/p.yml']) {
    const answer = await client.call('registerTask', { taskId: 'a1', playbook, metadata: { playbook } });
    expect(answer).toMatchObject({ success: true, taskId: 'a1' });
  }
  const stream = client.stream('streamProgress');
  const progress = (name: string, percent: number, state: string) =>
    stream.send({
      taskId: 'a1',
      progress: percent,
      message: `Task ${name} ${state} on web1`,
      metadata: { task: name, host: 'web1', level: '0', status: state, error: '' },
    });
  progress('one', 0, 'running');
  progress('one', 100, 'completed');
  progress('two', 0, 'running');
  await expect.poll(async () => (await taskOf(client, 'a1'))?.progress).toBe(50);
  progress('two', -1, 'failed');
  progress('three', 0, 'skipped');
  await expect.poll(async () => (await playOf(client, 'a1'))?.tasks?.length).toBe(3);
  expect(await taskOf(client, 'a1')).toMatchObject({ status: TaskStatus.TASK_STATUS_RUNNING, progress: 75 });
  stream.cancel();
});

describe('a run that is asked for here', () => {
  test('is started, and its exit code decides', async () => {
    const { client } = await startTestDaemon({ playbooks: { 'bad.sh': 'echo oh no; exit 2' } });
    const asked = await client.call('executeTask', {
      taskId: 't1',
      playbook: 'ok.sh',
      variables: { a: 'b' },
    });
    expect(asked).toMatchObject({ success: true, taskId: 't1' });
    await client.call('executeTask', { taskId: 't2', playbook: 'bad.sh' });
    await expect.poll(async () => (await taskOf(client, 't1'))?.status).toBe(COMPLETED);
    await expect.poll(async () => (await taskOf(client, 't2'))?.status).toBe(TaskStatus.TASK_STATUS_FAILED);
    expect(await taskOf(client, 't1')).toMatchObject({ progress: 100, result: { output: 'done\n' } });
    expect(await taskOf(client, 't2')).toMatchObject({ error: 'the engine ended with exit code 2' });
  });

  test('gets an id if it has none, and is asked for twice without running twice', async () => {
    const { client } = await startTestDaemon();
    const { playId, success } = await client.call('executePlay', { playbook: 'ok.sh' });
    expect(success).toBe(true);
    expect(await client.call('executePlay', { playId, playbook: 'ok.sh' })).toMatchObject({
      success: true,
      playId,
    });
    const other = await client.call('executePlay', { playId, playbook: 'ok.sh', variables: { a: 'b' } });
    expect(other).toMatchObject({ success: false, error: { code: 'conflict' } });
  });

  test('waits for a slot, and can be cancelled while it waits and while it runs', async () => {
    const { client } = await startTestDaemon({
      playbooks: { 'long.sh': 'exec sleep 60' },
      options: { slots: 1 },
    });
    for (const taskId of ['runs', 'waits']) await client.call('executeTask', { taskId, playbook: 'long.sh' });
    await expect
      .poll(async () => (await taskOf(client, 'runs'))?.status)
      .toBe(TaskStatus.TASK_STATUS_RUNNING);
    expect(await taskOf(client, 'waits')).toMatchObject({ status: TaskStatus.TASK_STATUS_PENDING });
    expect(await client.call('cancelTask', { taskId: 'waits', reason: 'not needed' })).toMatchObject({
      success: true,
    });
    await expect
      .poll(async () => (await taskOf(client, 'waits'))?.status)
      .toBe(TaskStatus.TASK_STATUS_CANCELED);
    expect(await client.call('cancelPlay', { playId: 'runs', reason: 'enough' })).toMatchObject({
      success: true,
    });
    await expect
      .poll(async () => (await playOf(client, 'runs'))?.status)
      .toBe(PlayStatus.PLAY_STATUS_CANCELED);
    expect(await taskOf(client, 'runs')).toMatchObject({ error: 'enough' });
    const again = await client.call('cancelTask', { taskId: 'runs' });
    expect(again).toMatchObject({ success: false, error: { code: 'already_ended' } });
  });

  test.each([
    [{ taskId: '-x', playbook: 'ok.sh' }, 'task_id: "-x" is none'],
    [{ taskId: '', playbook: 'ok.sh' }, 'task_id: "" is none'],
    [{ taskId: 'a\nb', playbook: 'ok.sh' }, 'task_id: "a\\nb" is none'],
    [{ taskId: 't', playbook: '' }, 'playbook: it is missing'],
    [{ taskId: 't', playbook: 'none.sh' }, 'playbook: "none.sh" is not there'],
    [{ taskId: 't', playbook: 'ok.sh', engine: 'ansible' }, 'engine: "ansible" is not known; allowed: shell'],
    [{ taskId: 't', playbook: 'ok.sh', variables: { a: '-rf' } }, 'variables.a: "-rf" begins with "-"'],
  ])('%j is refused in an answer', async (request, message) => {
    const { client } = await startTestDaemon();
    const { success, error } = await client.call('executeTask', request);
    expect(success).toBe(false);
    expect(error?.message).toContain(message);
  });

  test('that nobody knows is not found', async () => {
    const { client } = await startTestDaemon();
    expect(await client.call('getTaskStatus', { taskId: 'x' })).toMatchObject({
      error: { code: 'not_found' },
    });
    expect(await client.call('cancelPlay', { playId: 'x' })).toMatchObject({ error: { code: 'not_found' } });
  });
});

test('a token, where there is one, has to be shown by calls and streams', async () => {
  const { client, port } = await startTestDaemon({ options: { grpcToken: 'a-token-of-the-daemon' } });
  await expect(client.call('getTaskStatus', { taskId: 'x' })).rejects.toMatchObject({
    code: status.UNAUTHENTICATED,
  });
  const stream = client.stream('streamTaskProgress');
  await expect.poll(() => stream.error()?.code).toBe(status.UNAUTHENTICATED);
  const known = new EngineClient(`127.0.0.1:${port}`, { authorization: 'Bearer a-token-of-the-daemon' });
  expect(await known.call('healthCheck', {})).toMatchObject({ status: 'healthy', details: { engines: '0' } });
});

test('with a certificate and a token it speaks TLS, and nothing else', async () => {
  const { cert, key } = selfSignedCertificate();
  const folder = testFolder();
  writeFiles(folder, { 'cert.pem': cert, 'key.pem': key });
  const files = { grpcTlsCert: `${folder}/cert.pem`, grpcTlsKey: `${folder}/key.pem` };
  const options = { ...files, grpcToken: 'a-token-of-the-daemon' };
  const { port, client } = await startTestDaemon({ options });
  await expect(client.call('healthCheck', {})).rejects.toMatchObject({ code: status.UNAVAILABLE });
  const headers = { authorization: 'Bearer a-token-of-the-daemon' };
  const secure = new EngineClient(`127.0.0.1:${port}`, headers, credentials.createSsl(Buffer.from(cert)));
  expect(await secure.call('healthCheck', {})).toMatchObject({ status: 'healthy' });
});

test('a daemon that ends cuts the streams of engines', async () => {
  const { client, daemon } = await startTestDaemon();
  const steps = client.stream('streamTaskProgress');
  steps.send(step('p9', 1, COMPLETED, 1));
  await expect.poll(async () => (await playOf(client, 'p9'))?.tasks?.length).toBe(1);
  await daemon.close(0);
  await expect.poll(() => steps.error()?.code).toBeDefined();
});

test('health and metrics are told', async () => {
  const { client } = await startTestDaemon();
  expect(await client.call('healthCheck', {})).toMatchObject({ status: 'healthy' });
  await client.call('executeTask', { taskId: 't1', playbook: 'ok.sh' });
  await expect.poll(async () => (await taskOf(client, 't1'))?.status).toBe(COMPLETED);
  const { counters, gauges } = await client.call('getMetrics', {});
  expect(counters?.['boomerang_daemon_calls_total{method="ExecuteTask",code="ok"}']).toBe(1);
  expect(gauges?.boomerang_daemon_engines).toBe(0);
});

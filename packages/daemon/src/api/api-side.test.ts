import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, createMetrics } from '@boomerang/runtime';
import { waitFor } from '@boomerang/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { enginesOf, shellEngine, testFolder, writeFiles } from '../../test-support/engine-files.js';
import { refusal, TestApi } from '../../test-support/test-api.js';
import { guardProgram } from '../../test-support/test-guard.js';
import { RUN_FILES } from '../guard/guard-messages.js';
import { processesOfRun } from '../guard/processes.js';
import { createDaemonLog } from '../log.js';
import { createDaemonMetrics } from '../metrics.js';
import { RunFolders } from '../runs/run-folders.js';
import { Runs } from '../runs/runs.js';
import { Slots } from '../runs/slots.js';
import type { ApiEvent } from './api-event.js';
import { ApiSide } from './api-side.js';

const TASK = '01890000-0000-7000-8000-000000000001';
const tokenOf = (n: number) => `${TASK}:${n}:secret`;

/** A daemon's side toward an API of the test, and what it needs. */
async function setUp(api: TestApi, { slots = 2, state = testFolder(), playbooks = {} } = {}) {
  const folder = testFolder();
  writeFiles(folder, {
    'ok.sh': `echo begun >> ${folder}/begun; echo done`,
    'long.sh': 'exec sleep 60',
    ...playbooks,
  });
  const registry = createMetrics({ service: 'test' });
  const deps = {
    metrics: createDaemonMetrics(registry),
    log: createDaemonLog(createLogger({ service: 'test', level: 'silent' })),
    folders: new RunFolders(state),
  };
  const runs = new Runs({
    ...deps,
    engines: enginesOf(shellEngine(folder)),
    slots: new Slots(slots),
    guardProgram,
    environment: process.env,
    outputFileBytes: 1_048_576,
  });
  const side = new ApiSide(
    {
      gateways: [api],
      daemonId: 'd1',
      state,
      spoolBytes: 1_048_576,
      slots,
      types: ['playbook'],
    },
    { ...deps, runs },
  );
  await runs.recover();
  side.start();
  onTestFinished(async () => {
    runs.endAll();
    await runs.idle(5_000);
    await side.close();
  });
  await waitFor(() => side.isUp, { message: 'the stream' });
  const kept = () => readdirSync(join(state, 'runs'));
  const begun = () => readdirSync(folder).includes('begun');
  return { side, runs, state, kept, begun };
}
function assigned(n: number, data: Record<string, string> = {}): ApiEvent {
  const about = {
    task_id: `task-${n}`,
    type: 'playbook',
    occurrence: '1',
    attempt: String(n),
    priority: 'normal',
  };
  const terms = { token: tokenOf(n), lease_ms: '30000', timeout_ms: '0', 'payload.playbook': 'ok.sh' };
  return { type: 'task.assigned', data: { ...about, ...terms, ...data } };
}
const tokens = (events: readonly ApiEvent[]) => events.map(({ data }) => data.token);

test('what is assigned is accepted, run and reported, and nothing of it is left', async () => {
  const api = new TestApi();
  const { kept } = await setUp(api);
  api.tell(assigned(1));
  const [ended] = await waitFor(() => api.of('task.completed').length > 0 && api.of('task.completed'), {
    message: 'the report',
  });
  expect(ended?.data).toMatchObject({
    token: tokenOf(1),
    exit_code: '0',
    output: 'done\n',
    'result.output': 'done\n',
  });
  expect(tokens(api.of('task.accepted'))).toEqual([tokenOf(1)]);
  expect(api.of('task.output').map(({ data }) => data.chunk)).toEqual(['done\n']);
  await waitFor(() => kept().length === 0, { message: 'the removal of its folder' });
});

test('an acceptance that is stale starts nothing', async () => {
  const api = new TestApi(({ type, data }) =>
    type === 'task.accepted'
      ? [{ type: 'task.stale', data: { task_id: TASK, token: data.token ?? '' } }]
      : [],
  );
  const { kept, begun, runs } = await setUp(api);
  api.tell(assigned(1));
  await waitFor(() => api.of('task.accepted').length > 0 && kept().length === 0, {
    message: 'its folder to go',
  });
  await waitFor(() => runs.slots.used === 0, { message: 'its slot to be free' });
  expect(begun()).toBe(false);
});

test.each(['break', refusal('task.accepted', 'unavailable')] as const)(
  'an acceptance of which the outcome is not known (%j) starts nothing, and is handed back',
  async (answer) => {
    let first = true;
    const api = new TestApi(({ type }) => {
      if (type !== 'task.accepted' || !first) return [];
      first = false;
      return answer;
    });
    const { begun } = await setUp(api);
    api.tell(assigned(1));
    await waitFor(() => api.of('task.rejected').length > 0, { message: 'the rejection' });
    expect(tokens(api.of('task.rejected'))).toEqual([tokenOf(1)]);
    expect(begun()).toBe(false);
  },
);

test('what finds no slot is handed back, and never accepted', async () => {
  const api = new TestApi();
  await setUp(api, { slots: 1 });
  api.tell(assigned(1, { 'payload.playbook': 'long.sh' }));
  await waitFor(() => api.of('task.accepted').length > 0, { message: 'the acceptance' });
  api.tell(assigned(2));
  await waitFor(() => api.of('task.rejected').length > 0, { message: 'the rejection' });
  expect(tokens(api.of('task.rejected'))).toEqual([tokenOf(2)]);
  expect(tokens(api.of('task.accepted'))).toEqual([tokenOf(1)]);
});

test.each([
  [{ 'payload.playbook': '../../etc/passwd' }, 'is outside of the folders'],
  [{ 'payload.playbook': '-x' }, 'begins with "-"'],
  [{ 'payload.inventory': '--version' }, 'begins with "-"'],
  [{ 'payload.engine': 'ansible' }, 'allowed: shell'],
  [{ 'payload.variables.a': '-x' }, 'variables.a: "-x" begins with "-"'],
  [{ 'payload.variables.-x': 'a' }, 'variables: "-x" is no name'],
  [{ 'payload.executor': '-x' }, 'begins with "-"'],
  [{ type: 'backup' }, 'type: "backup" has no engine'],
])('an assignment with %j fails with the reason, and starts nothing', async (data, why) => {
  const api = new TestApi();
  const { begun } = await setUp(api);
  api.tell(assigned(1, data as Record<string, string>));
  await waitFor(() => api.of('task.failed').length > 0, { message: 'the report' });
  expect(api.of('task.failed')[0]?.data.error).toContain(why);
  expect(begun()).toBe(false);
});

test('a heartbeat that is refused extends nothing: the engine ends before its lease does', async () => {
  const api = new TestApi(({ type }) => (type === 'task.heartbeat' ? refusal(type, 'unavailable') : []));
  const { runs } = await setUp(api);
  const beganMs = performance.now();
  api.tell(assigned(1, { 'payload.playbook': 'long.sh', lease_ms: '1500' }));
  await waitFor(() => api.of('task.failed').length > 0, { message: 'the end' });
  expect(api.of('task.failed')[0]?.data.error).toBe('it was ended, because its lease could not be renewed');
  expect(performance.now() - beganMs).toBeLessThan(10_000);
  expect(api.of('task.heartbeat').length).toBeGreaterThan(1);
  expect(runs.live).toEqual([]);
});

test('a lease that is confirmed goes on, and a cancellation ends the engine and is confirmed', async () => {
  const api = new TestApi();
  const { runs } = await setUp(api);
  api.tell(assigned(1, { 'payload.playbook': 'long.sh', lease_ms: '1000' }));
  await waitFor(() => api.of('task.heartbeat').length >= 5, { message: 'heartbeats over more than a lease' });
  expect(runs.live).toHaveLength(1);
  api.tell({ type: 'task.cancel', data: { task_id: TASK, token: tokenOf(1), reason: 'enough' } });
  await waitFor(() => api.of('task.failed').length > 0, { message: 'the report' });
  expect(api.of('task.failed')[0]?.data).toMatchObject({ token: tokenOf(1), error: 'enough' });
});

test('an engine whose guard is stopped ends with its lease all the same', async () => {
  let refuse = false;
  const api = new TestApi(({ type }) =>
    refuse && type === 'task.heartbeat' ? refusal(type, 'unavailable') : [],
  );
  const { runs, state } = await setUp(api);
  api.tell(assigned(1, { 'payload.playbook': 'long.sh', lease_ms: '1000' }));
  await waitFor(() => api.of('task.heartbeat').length >= 2, { message: 'a lease that was renewed' });
  const { runId = '' } = runs.live[0]?.record ?? {};
  const guard = Number(readFileSync(join(state, 'runs', runId, RUN_FILES.decision), 'utf8').split(' ')[1]);
  process.kill(guard, 'SIGSTOP');
  onTestFinished(() => void process.kill(guard, 'SIGCONT'));
  refuse = true;
  await waitFor(() => processesOfRun(runId).length === 0, { message: 'the end of the engine' });
});

test('a cancellation of what does not run here is confirmed at once', async () => {
  const api = new TestApi();
  await setUp(api);
  api.tell({ type: 'task.cancel', data: { task_id: TASK, token: tokenOf(7), reason: '' } });
  await waitFor(() => api.of('task.failed').length > 0, { message: 'the report' });
  expect(api.of('task.failed')[0]?.data.token).toBe(tokenOf(7));
});

test('what is reported while the API is away is told in order when it is back', async () => {
  const api = new TestApi();
  const { side } = await setUp(api);
  api.tell(assigned(1, { 'payload.playbook': 'slow.sh' }));
  api.tell(assigned(2));
  await waitFor(() => api.of('task.accepted').length === 2, { message: 'the acceptance' });
  api.isAway = true;
  api.break();
  expect(side.isUp).toBe(false);
  api.isAway = false;
  await waitFor(() => api.of('task.completed').length + api.of('task.failed').length === 2, {
    message: 'both reports',
  });
  const hello = api.of('daemon.hello').at(-1);
  expect(hello?.data.instance_id).toBe(api.of('daemon.hello')[0]?.data.instance_id);
});

test('a report that the API refuses for good is told without what it carried', async () => {
  const api = new TestApi(({ type, data }) =>
    type === 'task.completed' && data.output !== undefined ? refusal(type, 'invalid_request') : [],
  );
  await setUp(api);
  api.tell(assigned(1));
  const bare = await waitFor(() => api.of('task.completed').find(({ data }) => data.output === undefined), {
    message: 'the bare report',
  });
  expect(bare.data).toMatchObject({ token: tokenOf(1), exit_code: '0' });
});

test('what was noted and never started is handed back by the next daemon', async () => {
  const state = testFolder();
  new RunFolders(state).create({
    runId: 'never-started',
    id: 'r1',
    engine: 'shell',
    playbook: 'ok.sh',
    inventory: '',
    variables: {},
    priority: 2,
    createdAtMs: Date.now(),
    assignment: { token: tokenOf(1), taskName: 'task-1', attempt: 1, leaseMs: 30_000 },
  });
  const api = new TestApi();
  const { kept, begun } = await setUp(api, { state });
  await waitFor(() => api.of('task.rejected').length > 0, { message: 'the rejection' });
  expect(tokens(api.of('task.rejected'))).toEqual([tokenOf(1)]);
  await waitFor(() => kept().length === 0, { message: 'the removal of its folder' });
  expect(begun()).toBe(false);
});

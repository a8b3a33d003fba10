import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { spageApiService } from '@boomerang/protocol';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findGoTools, layGoModule } from './support/find-go-tools.js';
import { findPython } from './support/find-python.js';

const run = promisify(execFile);
const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const [tools, python] = [await findGoTools(), await findPython()];
const missing = [tools, python].flatMap((found) => ('missing' in found ? [found.missing] : []));
if (missing.length > 0) console.warn(`nothing is tested with Go and grpcurl: ${missing.join('; ')}`);
const bin = 'path' in tools ? tools.path : '';
const BUILD_TIMEOUT_MS = 240_000;

describe.skipIf(missing.length > 0)('programs in Go that know nothing but the contract', () => {
  let stack: TestStack;
  let folder: string;
  let address: string;
  const grpcurl = async (...args: string[]) =>
    (await run(join(bin, 'grpcurl'), ['-plaintext', ...args])).stdout;

  beforeAll(async () => {
    stack = await startStack();
    address = `127.0.0.1:${stack.grpcPorts[0]}`;
    folder = mkdtempSync(join(tmpdir(), 'boomerang-go-'));
    await layGoModule(join(folder, 'example'));
    const pythons = 'path' in python ? dirname(python.path) : '';
    const buf = fromRoot('node_modules/.bin/buf');
    await run(
      buf,
      ['generate', fromRoot('proto'), '--template', fromRoot('proto/buf.gen.yaml'), '--output', folder],
      {
        env: { ...process.env, PATH: [bin, pythons, process.env.PATH].join(':') },
      },
    );
    await cp(join(folder, 'go'), join(folder, 'example', 'generated'), { recursive: true });
    await run('go', ['build', '-o', 'example', '.'], {
      cwd: join(folder, 'example'),
      timeout: BUILD_TIMEOUT_MS,
    });
  }, BUILD_TIMEOUT_MS + 60_000);
  afterAll(async () => {
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('one is built from what proto/buf.gen.yaml generates; it submits tasks and executes them', async () => {
    const { stdout } = await run(join(folder, 'example', 'example'), [address, stack.token], {
      timeout: 50_000,
    });
    expect(stdout.trim().split('\n')).toEqual([
      'authenticate',
      'submit',
      'submitSeveral',
      'execute',
      'readMetrics',
    ]);
  });

  test('the messages that it generates for Python can be loaded', async () => {
    const program = 'from spage.api import tasks_pb2; print(tasks_pb2.SubmitTasksRequest().tasks)';
    const env = { ...process.env, PYTHONPATH: join(folder, 'python'), PYTHONDONTWRITEBYTECODE: '1' };
    const { stdout } = await run('path' in python ? python.path : '', ['-c', program], { env });
    expect(stdout.trim()).toBe('[]');
  });

  test('grpcurl lists, describes and calls what the gateway serves, by reflection', async () => {
    expect((await grpcurl(address, 'list')).trim()).toBe('spage.api.SpageAPI');
    const described = await grpcurl(address, 'list', 'spage.api.SpageAPI');
    const methods = Object.values(spageApiService).map(({ path }) => path.slice(1).replace('/', '.'));
    expect(described.trim().split('\n')).toEqual(methods.sort());
    const submission = { task_id: 'by-grpcurl', type: 'nobody', metadata: { delay_ms: '60000' } };
    const authorization = ['-H', `authorization: Bearer ${stack.token}`];
    const call = (name: string, data: object) =>
      grpcurl(...authorization, '-d', JSON.stringify(data), address, `spage.api.SpageAPI/${name}`);
    expect(JSON.parse(await call('SubmitTask', submission))).toEqual({ success: true, taskId: 'by-grpcurl' });
    expect(JSON.parse(await call('GetTaskStatus', { task_id: 'by-grpcurl' })).task).toMatchObject({
      state: 'TASK_STATE_SCHEDULED',
      status: 'TASK_STATUS_PENDING',
    });
  });
});

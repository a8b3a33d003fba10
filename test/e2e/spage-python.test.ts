import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startStack, type TestStack } from '@boomerang/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFromRoot } from '../docs/markdown.js';
import { findPython } from './support/find-python.js';

const run = promisify(execFile);
const found = await findPython();
const python = 'path' in found ? found.path : '';
if ('missing' in found) console.warn(`nothing is tested with Python: ${found.missing}`);

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const PROTOS = ['spage/core/common.proto', 'spage/api/tasks.proto'];

describe.skipIf('missing' in found)('a Python client of classes that protoc generated', () => {
  let stack: TestStack;
  let folder: string;

  beforeAll(async () => {
    stack = await startStack({ counts: { gateway: 2 } });
    folder = mkdtempSync(join(tmpdir(), 'boomerang-python-'));
    const out = [`--python_out=${folder}`, `--grpc_python_out=${folder}`];
    await run(python, ['-m', 'grpc_tools.protoc', `-I${fromRoot('proto')}`, ...out, ...PROTOS]);
    const [, program] = /```python\n([^`]*)```/.exec(readFromRoot('docs/spage.md')) ?? [];
    writeFileSync(join(folder, 'documented_daemon.py'), program ?? '');
  });
  afterAll(async () => {
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('drives every call, and the daemon of docs/spage.md executes tasks', async () => {
    const address = `127.0.0.1:${stack.grpcPorts[1]}`;
    const { stdout } = await run(python, [fromRoot('test/python/every_call.py'), address, stack.token], {
      env: { ...process.env, PYTHONPATH: folder, PYTHONDONTWRITEBYTECODE: '1' },
      timeout: 50_000,
    });
    expect(JSON.parse(stdout)).toEqual(['authenticate', 'look', 'manage', 'execute', 'documented']);
  });
});

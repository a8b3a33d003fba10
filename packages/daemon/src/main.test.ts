import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@boomerang/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { testFolder, writeFiles } from '../test-support/engine-files.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function setUp(changes: Record<string, string> = {}) {
  const folder = testFolder();
  writeFiles(folder, {
    'engines.yaml': `
engines:
  shell:
    command: [sh, "{playbook}", --play-id, "{id}"]
    variables: "-e {key}={value}"
    folders: [${folder}]
types: { playbook: shell }
`,
  });
  const env = {
    PATH: process.env.PATH,
    BOOMERANG_DAEMON_ENGINES: join(folder, 'engines.yaml'),
    BOOMERANG_DAEMON_STATE: join(folder, 'state'),
    BOOMERANG_DAEMON_GRPC_PORT: '0',
    BOOMERANG_HTTP_PORT: '0',
    BOOMERANG_HOST: '127.0.0.1',
    ...changes,
  };
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' });
  return { env, folder, run };
}

test('check says what would run', () => {
  const { run, folder } = setUp();
  const { status, stdout } = run('check');
  expect(status).toBe(0);
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('type playbook: engine shell');
  expect(stdout).toMatch(
    /^engine shell: \/\S+\/sh \{playbook\} --play-id \{id\} \[-e \{key\}=\{value\}\]…$/m,
  );
  expect(stdout).toContain(`  files in: ${folder}`);
  expect(stdout).toContain('  judged by: its exit code');
});

test.each([[[]], [['check']]])('what is not safe stops it, with %j as its arguments', (args) => {
  const { run } = setUp({ BOOMERANG_DAEMON_GRPC_HOST: '0.0.0.0' });
  const { status, stderr } = run(...args);
  expect(status).toBe(1);
  expect(stderr).toContain('BOOMERANG_DAEMON_GRPC_HOST is "0.0.0.0", which is not loopback');
});

test("a state folder is one daemon's, until that has ended, however it did", async () => {
  const { env, run } = setUp();
  const first = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void first.kill('SIGKILL'));
  let log = '';
  first.stdout.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await waitFor(() => log.includes('"ready"'), { message: 'the daemon' });
  const { status, stderr } = run();
  expect(status).toBe(1);
  expect(stderr).toContain(`daemon ${first.pid} uses it already`);
  first.kill('SIGKILL');
  await waitFor(() => first.signalCode !== null, { message: 'its end' });
  const next = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void next.kill('SIGKILL'));
  let again = '';
  next.stdout.setEncoding('utf8').on('data', (text: string) => {
    again += text;
  });
  await waitFor(() => again.includes('"ready"'), { message: 'the next daemon' });
});

import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { enginesOf, shellEngine, testFolder, writeFiles } from '../../test-support/engine-files.js';
import type { Engine } from './engine.js';
import { type LaunchRequest, planLaunch } from './plan-launch.js';
import { Template } from './template.js';

function setUp(changes: Partial<Engine> = {}) {
  const root = testFolder();
  const folder = join(root, 'playbooks');
  mkdirSync(folder);
  writeFiles(root, { 'secret.yml': '', 'playbooks-too.yml': '' });
  writeFiles(folder, { 'main.yml': '', 'hosts.yml': '', 'a b;$(c).yml': '' });
  symlinkSync(join(root, 'secret.yml'), join(folder, 'link.yml'));
  const command = ['sh', 'run', '{playbook}', '--play-id', '{id}', '-i', '{inventory}', '-x', '{executor}'];
  const engine = shellEngine(folder, { command: command.map((text) => new Template(text)), ...changes });
  const plan = (request: Partial<LaunchRequest>) =>
    planLaunch(
      {
        id: 'r1',
        engine: '',
        type: '',
        playbook: 'main.yml',
        inventory: '',
        variables: {},
        executor: '',
        payload: {},
        timeoutMs: 0,
        ...request,
      },
      enginesOf(engine),
      { PATH: '/bin', HOME: '/root', BOOMERANG_DAEMON_API_KEY: 'bmr_secret' },
    );
  return { folder, root, plan };
}

test('a request becomes a command; what it does not give is left out with its option', () => {
  const { folder, plan } = setUp();
  expect(plan({}).argv).toEqual(['sh', 'run', join(folder, 'main.yml'), '--play-id', 'r1']);
  expect(plan({ inventory: 'hosts.yml', variables: { region: 'eu west' } }).argv.slice(5)).toEqual([
    '-i',
    join(folder, 'hosts.yml'),
    '-e',
    'region=eu west',
  ]);
});

test('what a shell would take for its own stays part of one argument', () => {
  const { folder, plan } = setUp();
  const { argv } = plan({ playbook: 'a b;$(c).yml', variables: { v: '$(reboot); `x` | y > z\n"' } });
  expect(argv).toContain(join(folder, 'a b;$(c).yml'));
  expect(argv.at(-1)).toBe('v=$(reboot); `x` | y > z\n"');
});

test('a value that looks like a placeholder is not filled in', () => {
  expect(
    setUp()
      .plan({ variables: { v: '{playbook}{id}' } })
      .argv.at(-1),
  ).toBe('v={playbook}{id}');
});

describe.each(['id', 'playbook', 'inventory', 'executor'])('in %s', (field) => {
  test.each([['-o'], ['--version'], ['-']])('%j is refused, since it could be an option', (value) => {
    expect(() => setUp().plan({ [field]: value })).toThrow(
      `${field}: ${JSON.stringify(value)} begins with "-"`,
    );
  });

  test('a NUL is refused', () => {
    expect(() => setUp().plan({ [field]: 'a\0b' })).toThrow(`${field}: it has a NUL in it`);
  });
});

describe.each(['playbook', 'inventory'])('as %s', (field) => {
  test.each([
    ['../secret.yml', 'is outside of the folders'],
    ['/etc/passwd', 'is outside of the folders'],
    ['link.yml', 'is outside of the folders'],
    ['../playbooks-too.yml', 'is outside of the folders'],
    ['none.yml', 'is not there'],
    ['.', 'is outside of the folders'],
    ['/no/such/folder/x.yml', 'is outside of the folders'],
    ['spage://bundle/x#../../etc/passwd', /is a bundle|is outside|is not there/],
  ] as const)('%j is refused', (path, why) => {
    expect(() => setUp().plan({ [field]: path })).toThrow(why);
  });
});

test.each([
  [{ '-o': 'x' }, 'is no name'],
  [{ 'a=b': 'x' }, 'is no name'],
  [{ '': 'x' }, 'is no name'],
  [{ 'a b': 'x' }, 'is no name'],
  [{ a: '-x' }, 'variables.a: "-x" begins with "-"'],
  [{ a: 'x\0' }, 'NUL'],
])('variables %j are refused', (variables, why) => {
  expect(() => setUp().plan({ variables: variables as Record<string, string> })).toThrow(why);
});

test('variables for an engine that takes none are refused', () => {
  expect(() => setUp({ variables: [] }).plan({ variables: { a: 'b' } })).toThrow('engine shell takes none');
});

test('of the environment nothing is given but what every program needs, and what the configuration names', () => {
  const env = { REGION: new Template('{payload.region}'), PLAY: new Template('{id}') };
  const { plan } = setUp({ env });
  expect(plan({ payload: { region: 'eu', LD_PRELOAD: '/x.so' } }).env).toEqual({
    PATH: '/bin',
    HOME: '/root',
    REGION: 'eu',
    PLAY: 'r1',
  });
  expect(() => plan({ payload: { region: '-x' } })).toThrow('payload.region: "-x" begins with "-"');
});

test('an engine or a type that is not known is refused with those that are', () => {
  const { plan } = setUp();
  expect(() => plan({ engine: 'ansible' })).toThrow('engine: "ansible" is not known; allowed: shell');
  expect(() => plan({ type: 'backup' })).toThrow('type: "backup" has no engine; allowed: playbook');
});

test('a bundle is taken by an engine that takes them, and by its exact form alone', () => {
  const { plan } = setUp({ bundles: true });
  expect(plan({ playbook: 'spage://bundle/b-1#site/main.yml' }).argv).toContain(
    'spage://bundle/b-1#site/main.yml',
  );
  for (const bad of ['spage://bundle/#x', 'spage://bundle/b', 'spage://bundle/b#../x', 'spage://other/b#x']) {
    expect(() => plan({ playbook: bad }), bad).toThrow('is no bundle');
  }
  expect(() => setUp().plan({ playbook: 'spage://bundle/b#x' })).toThrow('its engine takes no bundles');
});

test('more than fits into arguments is refused', () => {
  expect(() => setUp().plan({ variables: { a: 'x'.repeat(100_001) } })).toThrow('allowed: at most 100000');
});

test('the shorter limit of time counts, and none is none', () => {
  expect(setUp({ timeoutMs: 500 }).plan({ timeoutMs: 700 }).timeoutMs).toBe(500);
  expect(setUp({ timeoutMs: 500 }).plan({}).timeoutMs).toBe(500);
  expect(setUp().plan({ timeoutMs: 700 }).timeoutMs).toBe(700);
});

import { describe, expect, test } from 'vitest';
import { dlqSettings } from '../../packages/cli/dist/commands/dlq/settings.js';
import { remoteSettings } from '../../packages/cli/dist/remote/settings.js';
import { stackSettings } from '../../packages/cli/dist/stack/settings.js';
import { daemonSettings } from '../../packages/daemon/dist/config.js';
import { describeConfig, type SettingDescription } from '../../packages/runtime/dist/index.js';
import { gatewaySettings } from '../../services/gateway/dist/config.js';
import { schedulerSettings } from '../../services/scheduler/dist/config.js';
import { workerSettings } from '../../services/worker/dist/config.js';
import { readFromRoot, tableUnder } from './markdown.js';
import { markdownFiles } from './markdown-files.js';

const page = readFromRoot('docs/configuration.md');

const settings = {
  Gateway: describeConfig(gatewaySettings),
  Scheduler: describeConfig(schedulerSettings),
  Worker: describeConfig(workerSettings),
  Daemon: describeConfig(daemonSettings),
  '`npm start`': describeConfig(stackSettings),
  '`boomerang`': describeConfig(remoteSettings),
  '`npm run client -- dlq`': describeConfig(dlqSettings),
};

function row({ variable, allowed, meaning, ...setting }: SettingDescription) {
  return { variable, default: setting.required ? 'required' : setting.default || 'none', allowed, meaning };
}

describe('docs/configuration.md', () => {
  test.each(Object.entries(settings))('tells every setting of %s as the code declares it', (heading, all) => {
    expect(tableUnder(page, heading)).toEqual(all.map(row));
  });

  const daemonFiles = ['deploy/daemon/spage-daemon.service', 'deploy/daemon/Dockerfile'];
  test.each([...markdownFiles, ...daemonFiles])('%s names no variable that nothing reads', (file) => {
    const known = Object.values(settings).flatMap((all) => all.map(({ variable }) => variable));
    const named = readFromRoot(file).match(/\bBOOMERANG_[A-Z_]+\b/g) ?? [];
    expect(known).toEqual(expect.arrayContaining([...new Set(named)]));
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const folder = fileURLToPath(new URL('../../deploy/compose', import.meta.url));

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
}

const { services } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};
const documentation = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8').split(
  /^## /m,
);

test.each(['gateway', 'scheduler', 'worker'])(
  'the %s is run by the image, with settings that it has',
  (name) => {
    const { command, environment = {}, read_only } = services[name] as Service;
    const section = documentation.find((text) => text.toLowerCase().startsWith(name)) ?? '';
    expect({ command, read_only }).toEqual({ command: [name], read_only: true });
    for (const variable of Object.keys(environment)) expect(section).toContain(`\`${variable}\``);
    const required = [...section.matchAll(/^\| `(BOOMERANG_\w+)` \| required/gm)].map(
      ([, variable]) => variable,
    );
    expect(Object.keys(environment)).toEqual(expect.arrayContaining(required));
  },
);

test('Redis keeps what it is told, and never evicts', () => {
  const command = services.redis?.command?.join(' ');
  expect(command).toContain('--appendonly yes');
  expect(command).toContain('--maxmemory-policy noeviction');
});

test('what is mounted from the repository is there', () => {
  const mounted = Object.values(services)
    .flatMap(({ volumes = [] }) => volumes)
    .map((volume) => volume.split(':')[0] ?? '')
    .filter((source) => source.startsWith('.'));
  expect(mounted.length).toBeGreaterThan(0);
  for (const source of mounted) expect(existsSync(join(folder, source)), source).toBe(true);
});

test('no two services publish the same port, and Prometheus leaves 9090 to the gateway', () => {
  const published = Object.values(services)
    .flatMap(({ ports = [] }) => ports)
    .map((port) => /(\d+)\}?:\d+$/.exec(port)?.[1]);
  expect(new Set(published).size).toBe(published.length);
  expect(published.filter((port) => port === '9090')).toHaveLength(1);
});

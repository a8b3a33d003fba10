import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { chartFolder, ciValues, helm, type KubernetesObject, render, valuesFile } from './chart.js';
import { findHelm } from './find-helm.js';
import { validate } from './validate.js';

const found = findHelm();
const path = 'path' in found ? found.path : '';
if ('missing' in found) console.warn(`the chart is not tested: ${found.missing}`);

const kinds = (objects: readonly KubernetesObject[]) => {
  const counts: Record<string, number> = {};
  for (const { kind } of objects) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
const always = { Deployment: 3, PodDisruptionBudget: 3, ServiceAccount: 1 };

describe.skipIf('missing' in found)('the chart', () => {
  test.each(ciValues)('with %s passes lint', (file) => {
    const { status, stdout, stderr } = helm(path, 'lint', '--strict', chartFolder, ...valuesFile(file));
    expect(status, stdout + stderr).toBe(0);
  });

  test.each([
    ['trial-values.yaml', { ...always, Service: 5, StatefulSet: 1, NetworkPolicy: 4 }],
    ['durable-values.yaml', { ...always, Service: 5, StatefulSet: 1, NetworkPolicy: 4 }],
    ['sentinel-values.yaml', { ...always, Service: 4, HorizontalPodAutoscaler: 1 }],
    [
      'production-values.yaml',
      {
        ...always,
        Service: 4,
        NetworkPolicy: 3,
        HorizontalPodAutoscaler: 1,
        ScaledObject: 1,
        ServiceMonitor: 1,
        PrometheusRule: 1,
        ConfigMap: 2,
      },
    ],
  ])('with %s renders objects that their schemas accept', async (file, expected) => {
    const objects = render(path, ...valuesFile(file));
    expect(kinds(objects)).toEqual(expected);
    for (const object of objects) {
      await expect(validate(object), `${object.kind} ${object.metadata.name}`).resolves.toBeUndefined();
    }
  });

  test('names no object twice', () => {
    for (const file of ciValues) {
      const names = render(path, ...valuesFile(file)).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  test('every pod keeps to Pod Security "restricted", has no token and a bounded memory', () => {
    for (const file of ciValues) {
      for (const { kind, spec } of render(path, ...valuesFile(file))) {
        if (kind !== 'Deployment' && kind !== 'StatefulSet') continue;
        const pod = spec.template.spec;
        expect(pod).toMatchObject({
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        });
        for (const container of pod.containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.resources).toMatchObject({
            requests: { cpu: expect.anything() },
            limits: { memory: expect.anything() },
          });
        }
      }
    }
  });

  test('a pod has longer to end than its service takes to drain', () => {
    for (const { kind, spec } of render(
      path,
      ...valuesFile('production-values.yaml'),
      '--set',
      'drainSeconds=100',
    )) {
      if (kind !== 'Deployment') continue;
      const { env, lifecycle } = spec.template.spec.containers[0];
      const drainMs = Number(env.find(({ name }: { name: string }) => name === 'BOOMERANG_DRAIN_MS').value);
      const seconds = drainMs / 1_000 + lifecycle.preStop.sleep.seconds;
      expect(drainMs).toBe(100_000);
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds);
    }
  });

  test('numbers reach the services as they were written', () => {
    const [gateway] = render(path, ...valuesFile('production-values.yaml')).filter(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-gateway'),
    );
    expect(gateway?.spec.template.spec.containers[0].env).toContainEqual({
      name: 'BOOMERANG_SESSION_TTL_MS',
      value: '7200000',
    });
  });

  test('sets only settings that the service has', () => {
    const documentation = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const sections = documentation.split(/^## /m);
    for (const file of ciValues) {
      for (const { kind, metadata, spec } of render(path, ...valuesFile(file))) {
        if (kind !== 'Deployment') continue;
        const component = metadata.labels['app.kubernetes.io/component'] ?? '';
        const section = sections.find((text) => text.toLowerCase().startsWith(component)) ?? '';
        for (const { name } of spec.template.spec.containers[0].env)
          expect(section, `${component}: ${name}`).toContain(`\`${name}\``);
      }
    }
  });

  test('workers reach neither metadata services nor the ranges of the cluster, but what is opened', () => {
    const policy = render(path, ...valuesFile('production-values.yaml')).find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name.endsWith('-worker'),
    );
    const blocks = policy?.spec.egress.flatMap(({ to = [] }: { to?: { ipBlock?: object }[] }) =>
      to.map(({ ipBlock }) => ipBlock),
    );
    const open = blocks.find((block: { cidr?: string } | undefined) => block?.cidr === '0.0.0.0/0');
    expect(open.except).toEqual(
      expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.168.0.0/16']),
    );
    expect(blocks).toContainEqual({ cidr: '10.20.0.0/16' });
  });

  test.each([
    ['an unknown value', ['gatway.replicas=2'], /gatway/],
    ['a misspelt setting', ['env.BOOMERNG_X=1'], /BOOMERNG_X/],
    ['an unknown way to scale', ['worker.autoscaling.kind=magic'], /kind/],
    ['a range that is none', ['callbackAllow={10.0.0.1}'], /callbackAllow/],
    ['a Redis URL that is none', ['redis.url=http://r:1'], /redis.*url/s],
    ['TLS over HTTP without a certificate', ['gateway.tls.http=true'], /gateway.tls.secretName is not set/],
    [
      'authorities of clients without clients',
      ['gateway.tls.secretName=a', 'gateway.tls.clientCaSecret=b'],
      /gateway.tls.clients is empty/,
    ],
    ['no Redis at all', ['redis.url='], /set redis.url, redis.existingSecret or redis.builtIn.enabled/],
  ])('refuses %s, and says where', (_what, settings, message) => {
    const set = settings.flatMap((setting) => ['--set', setting]);
    const url = settings.some((setting) => setting.startsWith('redis.'))
      ? []
      : ['--set', 'redis.url=redis://r:6379'];
    expect(() => render(path, ...url, ...set)).toThrow(message);
  });

  test('says after an installation how to make the first key', () => {
    const args = ['install', 'rel', chartFolder, '--dry-run=client', '--set', 'redis.url=redis://r:6379'];
    const { stdout, stderr } = helm(path, ...args);
    expect(stdout, stderr).toContain('boomerang.mjs client create');
  });

  test('with TLS over HTTP, the probes and Prometheus speak it too, and certificates stand for clients', () => {
    const objects = render(path, ...valuesFile('production-values.yaml'));
    const named = (end: string, wanted?: string) =>
      objects.find(({ kind, metadata }) => metadata.name.endsWith(end) && (wanted ?? kind) === kind);
    const probesOf = (component: string) =>
      named(`-${component}`, 'Deployment')?.spec.template.spec.containers[0].readinessProbe.httpGet;
    expect(probesOf('gateway')).toEqual({ path: '/readyz', port: 'http', scheme: 'HTTPS' });
    expect(probesOf('worker')).toEqual({ path: '/readyz', port: 'http', scheme: 'HTTP' });
    expect(named('-gateway-http')?.spec.ports[0]).toMatchObject({ name: 'https' });
    const monitor = objects.find(({ kind }) => kind === 'ServiceMonitor');
    expect(monitor?.spec.endpoints.map(({ port }: { port: string }) => port)).toEqual(['http', 'https']);
    expect(JSON.parse(named('-tls-clients')?.data?.['clients.json'] ?? '')).toEqual([
      { name: 'web', san: 'URI:spiffe://shop/web', client: 'shop', permissions: ['register', 'read'] },
    ]);
  });

  test('carries the dashboard and the alerts of the repository', () => {
    const objects = render(path, ...valuesFile('production-values.yaml'));
    const source = (name: string) =>
      readFileSync(fileURLToPath(new URL(`../../deploy/observability/${name}`, import.meta.url)), 'utf8');
    const dashboard = objects.find(({ metadata }) => metadata.name.endsWith('-dashboard'));
    expect(dashboard?.data?.['boomerang.json']).toBe(source('dashboard.json'));
    const rule = objects.find(({ kind }) => kind === 'PrometheusRule');
    const alerts = rule?.spec.groups.flatMap(({ rules }: { rules: { alert: string }[] }) =>
      rules.map(({ alert }) => alert),
    );
    expect(alerts.length).toBeGreaterThan(0);
    for (const alert of alerts) expect(source('alerts.yaml')).toContain(`alert: ${alert}`);
  });
});

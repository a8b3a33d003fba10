import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { gatewaySettings } from '../../services/gateway/dist/config.js';
import { schedulerSettings } from '../../services/scheduler/dist/config.js';
import { workerSettings } from '../../services/worker/dist/config.js';
import { ciValues, type KubernetesObject, render, valuesFile } from './chart.js';
import { findHelm } from './find-helm.js';
import { validate } from './validate.js';

const found = findHelm();
const path = 'path' in found ? found.path : '';

const COMPONENTS = ['gateway', 'scheduler', 'worker'] as const;
const EXTRAS = ['--values', fileURLToPath(new URL('./extras-values.yaml', import.meta.url))];

/** What a component's pods are made from. */
function podTemplate(objects: readonly KubernetesObject[], component: string) {
  const workload = objects.find(
    ({ kind, metadata }) =>
      ['Deployment', 'StatefulSet'].includes(kind) &&
      metadata.labels['app.kubernetes.io/component'] === component,
  );
  return workload?.spec.template;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

const cases = ciValues.flatMap((file) => COMPONENTS.map((component) => [file, component] as const));

describe.skipIf('missing' in found)('with what values add', () => {
  test.each(ciValues)('to %s, all objects are such as their schemas accept', async (file) => {
    for (const object of render(path, ...valuesFile(file), ...EXTRAS)) {
      await expect(validate(object), `${object.kind} ${object.metadata.name}`).resolves.toBeUndefined();
    }
  });

  test.each(cases)(
    'to %s, the pods of the %s have it, and what the chart sets besides',
    (file, component) => {
      const { metadata, spec } = podTemplate(render(path, ...valuesFile(file), ...EXTRAS), component);
      // Lists of values replace each other: what counts is what the chart itself sets.
      const none = ['extraVolumes', 'extraVolumeMounts', 'imagePullSecrets'].map(
        (name) => `${component}.${name}=[]`,
      );
      const before = podTemplate(render(path, ...valuesFile(file), '--set-json', none.join(',')), component);
      const [container] = spec.containers;
      const env: Variable[] = container.env;
      const names = env.map(({ name }) => name);
      expect(names).toEqual([...new Set(names)]);
      expect(names).toEqual(
        expect.arrayContaining(before.spec.containers[0].env.map(({ name }: Variable) => name)),
      );
      expect(env).toEqual(
        expect.arrayContaining([
          { name: 'BOOMERANG_LOG_LEVEL', value: 'debug' },
          { name: 'BOOMERANG_REDIS_TIMEOUT_MS', value: '2000' },
          {
            name: 'BOOMERANG_PARTITIONS',
            valueFrom: { configMapKeyRef: { name: 'sizes', key: 'partitions' } },
          },
          { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/their-ca/ca.crt' },
        ]),
      );
      expect(container.envFrom).toEqual([
        { secretRef: { name: 'brokers' } },
        { prefix: 'BOOMERANG_', configMapRef: { name: 'settings', optional: true } },
      ]);
      expect(spec.volumes).toEqual([
        ...(before.spec.volumes ?? []),
        { name: 'their-ca', configMap: { name: 'their-ca' } },
      ]);
      expect(container.volumeMounts).toEqual([
        ...(before.spec.containers[0].volumeMounts ?? []),
        { name: 'their-ca', mountPath: '/etc/their-ca', readOnly: true },
      ]);
      expect(metadata.annotations).toEqual({ ...before.metadata.annotations, 'example.com/scrape': 'true' });
      expect(spec.imagePullSecrets).toEqual([
        ...(before.spec.imagePullSecrets ?? []),
        { name: 'other-registry' },
      ]);
    },
  );

  test.each(['trial-values.yaml', 'durable-values.yaml'])('to %s, the pod of Redis has it', (file) => {
    const { metadata, spec } = podTemplate(render(path, ...valuesFile(file), ...EXTRAS), 'redis');
    expect(metadata.annotations).toEqual({ 'example.com/scrape': 'true' });
    expect(spec.imagePullSecrets).toEqual([{ name: 'other-registry' }]);
  });

  test.each([
    ['gateway', gatewaySettings],
    ['scheduler', schedulerSettings],
    ['worker', workerSettings],
  ])(
    'a reference takes the place of a value, so that no secret of the %s has to be written',
    (component, settings) => {
      const secret = Object.values(settings)
        .filter((setting) => setting.secret)
        .map(({ variable }) => variable);
      // It may carry a password.
      const all = [...secret, 'BOOMERANG_REDIS_URL'];
      const reference = { valueFrom: { secretKeyRef: { name: 'ours', key: 'ours' } } };
      const values = JSON.stringify({
        [component]: { env: Object.fromEntries(all.map((name) => [name, reference])) },
      });
      const given = [
        '--set',
        'redis.url=redis://elsewhere:6379',
        '--set-json',
        values.slice(1, -1).replace(/^"(\w+)":/, '$1='),
      ];
      const env: Variable[] = podTemplate(render(path, ...given), component).spec.containers[0].env;
      for (const name of all) {
        expect(env.filter((variable) => variable.name === name)).toEqual([{ name, ...reference }]);
      }
    },
  );

  test.each([
    ['a value that is neither', 'worker.env.BOOMERANG_X={"from":{}}', /BOOMERANG_X/],
    [
      'two references at once',
      'env.BOOMERANG_X={"valueFrom":{"secretKeyRef":{},"configMapKeyRef":{}}}',
      /valueFrom/,
    ],
    ['a volume without a name', 'gateway.extraVolumes=[{"emptyDir":{}}]', /extraVolumes/],
    ['a mount without a path', 'scheduler.extraVolumeMounts=[{"name":"x"}]', /extraVolumeMounts/],
    ['pull secrets by mere names', 'worker.imagePullSecrets=["registry"]', /imagePullSecrets/],
    ['settings out of nothing', 'worker.envFrom=[{}]', /envFrom/],
  ])('%s is refused, and the message says where', (_what, setting, message) => {
    const url = ['--set', 'redis.url=redis://r:6379'];
    expect(() => render(path, ...url, '--set-json', setting)).toThrow(message);
  });
});

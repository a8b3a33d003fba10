import type { KubernetesObject } from './chart.js';

interface Model {
  validate(): void;
}

/** @throws what the schema of its kind says against the object. */
export async function validate(object: KubernetesObject): Promise<void> {
  const { apiVersion, kind } = object;
  const models = (await import(`${modelPackage(apiVersion)}/${apiVersion}`)) as Record<
    string,
    new (
      data: KubernetesObject,
    ) => Model
  >;
  const ModelOfKind = models[kind];
  if (!ModelOfKind) throw new Error(`there is no schema model of ${apiVersion} ${kind}`);
  new ModelOfKind(object).validate();
}

/** The package that models an API group. */
function modelPackage(apiVersion: string): string {
  if (apiVersion.startsWith('keda.sh/')) return '@kubernetes-models/keda';
  if (apiVersion.startsWith('monitoring.coreos.com/')) return '@kubernetes-models/prometheus-operator';
  return 'kubernetes-models';
}

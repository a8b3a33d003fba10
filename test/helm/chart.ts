import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';

export const chartFolder = fileURLToPath(new URL('../../deploy/helm/boomerang', import.meta.url));

/** The files of values that together turn everything on. */
export const ciValues: readonly string[] = readdirSync(join(chartFolder, 'ci')).sort();

/** An object of Kubernetes, as far as the tests look into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own shape, which its schema model checks.
  readonly spec?: any;
  readonly data?: Readonly<Record<string, string>>;
}

export interface HelmRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function helm(path: string, ...args: string[]): HelmRun {
  const { status, stdout, stderr, error } = spawnSync(path, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Renders the chart as release `rel` in namespace `prod`. @throws what helm says when it refuses. */
export function render(helmPath: string, ...args: string[]): KubernetesObject[] {
  const { status, stdout, stderr } = helm(
    helmPath,
    'template',
    'rel',
    chartFolder,
    '--namespace',
    'prod',
    ...args,
  );
  if (status !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => {
      if (document.errors.length > 0)
        throw new Error(`${document.errors.join('\n')}\n${document.toString()}`);
      return document.toJS() as KubernetesObject | null;
    })
    .filter((object) => object !== null);
}

export const valuesFile = (name: string): [string, string] => ['--values', join(chartFolder, 'ci', name)];

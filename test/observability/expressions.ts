import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const observabilityFolder = fileURLToPath(new URL('../../deploy/observability', import.meta.url));

/** An expression that a person will see the result of, and where it stands. */
export interface Expression {
  readonly where: string;
  readonly expr: string;
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly expr: string }[];
  }[];
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

export function alertExpressions(): Expression[] {
  const { groups } = parse(readFileSync(`${observabilityFolder}/alerts.yaml`, 'utf8')) as Rules;
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: `alert ${alert}`, expr })));
}

/** With Grafana's variables replaced by what it would put there. */
export function dashboardExpressions(): Expression[] {
  const { panels } = JSON.parse(readFileSync(`${observabilityFolder}/dashboard.json`, 'utf8')) as Dashboard;
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      where: `panel ${title}`,
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', '.*'),
    })),
  );
}

/** The metrics of ours that an expression reads, without the suffixes of histograms. */
export function metricsIn(expr: string): string[] {
  const names = [...expr.matchAll(/\bboomerang_[a-z_]+/g)].map(([name]) => name);
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))];
}

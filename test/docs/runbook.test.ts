import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly annotations: { readonly runbook: string } }[];
  }[];
}

const rules = (parse(read('deploy/observability/alerts.yaml')) as Rules).groups.flatMap(
  (group) => group.rules,
);
const runbook = read('docs/runbook.md');

describe('docs/runbook.md', () => {
  test('has an entry for each alert, in their order, and no other', () => {
    const entries = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name);
    expect(entries).toEqual(rules.map(({ alert }) => alert));
  });

  test.each(rules.map(({ alert }) => alert))('%s: what it means, what to look at, what to do', (alert) => {
    const [, entry = ''] = runbook.split(`## ${alert}\n`);
    const text = entry.split('\n## ')[0] ?? '';
    for (const part of ['**Means**: ', '**Look at**: ', '**Do**: ']) expect(text).toContain(part);
  });

  test('is where each alert says that it is', () => {
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
  });

  test('names panels that the dashboard has', () => {
    const dashboard = JSON.parse(read('deploy/observability/dashboard.json')) as {
      panels: { title: string }[];
    };
    const titles = new Set(dashboard.panels.map(({ title }) => title));
    const named = [...runbook.matchAll(/\*([A-Z][^*]+)\*(?!\*)/g)]
      .map(([, title = '']) => title.replace(/\s+/g, ' '))
      .filter((title) => !['Means', 'Look at', 'Do'].includes(title));
    expect(named.length).toBeGreaterThan(10);
    for (const title of named) expect(titles).toContain(title);
  });
});

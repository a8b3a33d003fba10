import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Engine, Engines } from '../src/engines/engine.js';
import { Template } from '../src/engines/template.js';

/** A folder that goes with the test. */
export function testFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'spage-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Files by name. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

/** An engine that runs its playbook with the shell. */
export function shellEngine(folder: string, changes: Partial<Engine> = {}): Engine {
  return {
    name: 'shell',
    command: ['sh', '{playbook}', '{id}'].map((text) => new Template(text)),
    variables: ['-e', '{key}={value}'].map((text) => new Template(text)),
    env: {},
    cwd: undefined,
    folders: [folder],
    bundles: false,
    timeoutMs: 0,
    slots: 4,
    verdict: 'exit_code',
    ...changes,
  };
}

export function enginesOf(...engines: readonly Engine[]): Engines {
  const byName = new Map(engines.map((engine) => [engine.name, engine]));
  const byDefault = engines[0]?.name ?? '';
  return { byName, types: new Map([['playbook', byDefault]]), byDefault };
}

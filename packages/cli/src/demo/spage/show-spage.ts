import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment, Resources } from '@boomerang/runtime';
import type { DemoStack } from '../demo-stack.js';
import type { Reporter } from '../reporter.js';
import { ApiDoor } from './api-door.js';
import { DemoDaemon } from './demo-daemon.js';
import { EngineNotes } from './engine-notes.js';
import { SpageApi } from './spage-api.js';
import { judgeSpage } from './spage-expectations.js';
import { writePlaybooks } from './spage-plan.js';
import { SpageRun } from './spage-run.js';

const NAMES = ['east', 'west'];

/**
 * Shows tasks that engines run under two daemons, and what they survive. Returns whether the expectations are met.
 *
 * @param output file descriptor for the daemons' logs.
 */
export async function showSpage(
  { ports, token }: DemoStack,
  signal: AbortSignal,
  reporter: Reporter,
  resources: Resources,
  output: number,
  env: Environment,
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'spage-'));
  resources.defer('folder of the daemons', () =>
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  );
  const [playbooks, notesFolder] = ['playbooks', 'notes'].map((name) => join(folder, name)) as [
    string,
    string,
  ];
  for (const each of [playbooks, notesFolder]) mkdirSync(each);
  writePlaybooks(playbooks);

  const door = await ApiDoor.open(ports.grpc);
  resources.defer('door', () => door.close());
  const common = { folder, playbooks, apiPort: door.port, apiKey: token, env, output };
  const daemons = NAMES.map((name) => new DemoDaemon({ ...common, name }));
  resources.defer('daemons', () => Promise.all(daemons.map((daemon) => daemon.end('SIGTERM'))));
  for (const daemon of daemons) daemon.start();

  const api = new SpageApi(ports.grpc, token);
  resources.defer('api', () => api.close());
  const notes = new EngineNotes(notesFolder);
  const run = new SpageRun({ api, door, daemons, notes, notesFolder, reporter, signal });
  api.subscribe(run.hear);
  reporter.note(
    `daemons ${NAMES.join(' and ')} take tasks of type playbook; they are told of below as the API tells\n`,
  );
  await run.all();

  const expectations = judgeSpage(run.journeys, notes);
  reporter.verdict(expectations);
  return expectations.every(({ missing }) => missing === undefined);
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reporter } from '../reporter.js';
import type { ApiDoor } from './api-door.js';
import type { DemoDaemon } from './demo-daemon.js';
import type { EngineNotes } from './engine-notes.js';
import type { SpageApi, TaskEvent } from './spage-api.js';
import { AWAY_MS, type SpageTask, spagePlan } from './spage-plan.js';

export interface SpageRunOptions {
  readonly api: SpageApi;
  readonly door: ApiDoor;
  readonly daemons: readonly DemoDaemon[];
  readonly notes: EngineNotes;
  readonly notesFolder: string;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/** What was seen of a task. */
export interface SpageJourney {
  readonly events: TaskEvent[];
  /** Whether a process of it was there after its end. */
  survivors: boolean;
}

/** For all that is expected of one task, ms. */
const LIMIT_MS = 45_000;
const LOOK_EVERY_MS = 50;

/** Submits the tasks of the plan, and does to their daemons and to the API what the plan says. */
export class SpageRun {
  readonly journeys = new Map<string, SpageJourney>();

  constructor(private readonly options: SpageRunOptions) {}

  readonly hear = (event: TaskEvent): void => {
    const { task_id: name = '' } = event.data;
    const journey = this.journeys.get(name);
    if (!journey) return;
    journey.events.push(event);
    this.options.reporter.task(event.type, name, detailOf(event));
  };

  async all(): Promise<void> {
    const { progress, retried, cancelled, moved, found, away } = spagePlan;
    await Promise.all([this.#plain(progress), this.#plain(retried), this.#cancel(cancelled)]);
    await this.#kill(moved, () => undefined);
    for (const daemon of this.options.daemons) daemon.start();
    await this.#kill(found, (daemon) => daemon.start());
    await this.#shut(away);
  }

  async #plain(task: SpageTask): Promise<void> {
    await this.#submit(task);
    await this.#ended(task);
  }

  async #cancel(task: SpageTask): Promise<void> {
    await this.#submit(task);
    await this.#until(() => this.options.notes.begun(task.name) > 0);
    await this.options.api.call('cancelTask', { taskId: task.name, reason: 'the demo says so' });
    await this.#ended(task);
  }

  async #kill(task: SpageTask, then: (daemon: DemoDaemon) => void): Promise<void> {
    const { notes, reporter, daemons } = this.options;
    await this.#submit(task);
    await this.#until(() => notes.begun(task.name) > 0 && this.#daemonOf(task) !== undefined);
    const daemon = daemons.find(({ name }) => name === this.#daemonOf(task));
    if (!daemon) return;
    reporter.note(`daemon ${daemon.name} is killed (SIGKILL)`);
    await daemon.end('SIGKILL');
    then(daemon);
    await this.#ended(task);
  }

  async #shut(task: SpageTask): Promise<void> {
    const { notes, reporter, door, signal } = this.options;
    await this.#submit(task);
    await this.#until(() => notes.begun(task.name) > 0);
    reporter.note(`the API is away for ${AWAY_MS / 1_000} s`);
    door.shut();
    await sleep(AWAY_MS, undefined, { signal });
    door.reopen();
    reporter.note('the API is back');
    await this.#ended(task);
  }

  async #submit({ name, about, metadata }: SpageTask): Promise<void> {
    const { api, reporter, notesFolder } = this.options;
    this.journeys.set(name, { events: [], survivors: false });
    const payload = { playbook: `${name}.yml`, 'variables.notes': join(notesFolder, name) };
    const { success, error } = await api.call('submitTask', {
      taskId: name,
      type: 'playbook',
      payload,
      metadata,
    });
    if (!success) throw new Error(`${name} was not submitted: ${error?.message ?? ''}`);
    reporter.task('task.submitted', name, about);
  }

  async #ended({ name, end }: SpageTask): Promise<void> {
    await this.#until(
      () => this.journeys.get(name)?.events.some(({ type }) => type === `task.${end}`) ?? false,
    );
    const journey = this.journeys.get(name);
    if (journey) journey.survivors = this.options.notes.isAlive(name);
  }

  #daemonOf({ name }: SpageTask): string | undefined {
    const begun = this.journeys.get(name)?.events.find(({ type }) => type === 'task.running');
    return begun?.data.daemon;
  }

  /** Returns when it is so, or the time is up: what is missing then is told by the expectations. */
  async #until(isSo: () => boolean): Promise<void> {
    const until = performance.now() + LIMIT_MS;
    while (!isSo() && performance.now() < until) {
      await sleep(LOOK_EVERY_MS);
      this.options.signal.throwIfAborted();
    }
  }
}

function detailOf({ type, data }: TaskEvent): string {
  const { progress, message, daemon, error, reason } = data;
  if (type === 'task.progress') return `${bar(Number(progress))} ${message ?? ''}`;
  return [daemon && `by ${daemon}`, error, reason].filter(Boolean).join(', ');
}

/** A step that failed has no percentage. */
function bar(percent: number): string {
  if (percent < 0) return '[  failed  ]    ';
  const tenths = Math.round(percent / 10);
  return `[${'#'.repeat(tenths)}${'.'.repeat(10 - tenths)}] ${String(percent).padStart(3)} %`;
}

import type { DaemonLog } from '../log.js';
import type { DaemonMetrics } from '../metrics.js';
import type { RunFolders } from '../runs/run-folders.js';
import type { Runs } from '../runs/runs.js';
import { Spool } from '../spool/spool.js';
import type { ApiEvent } from './api-event.js';
import { ApiLink, type Gateway } from './api-link.js';
import { Assignments } from './assignments.js';
import { instanceId } from './instance-id.js';
import { Leases } from './leases.js';
import { ReportSender } from './report-sender.js';
import { Reports } from './reports.js';

export interface ApiOptions {
  /** Any will do. */
  readonly gateways: readonly Gateway[];
  readonly daemonId: string;
  readonly state: string;
  readonly spoolBytes: number;
  readonly slots: number;
  /** Types of tasks that the daemon has engines for. */
  readonly types: readonly string[];
}

export interface ApiDependencies {
  readonly runs: Runs;
  readonly folders: RunFolders;
  readonly metrics: DaemonMetrics;
  readonly log: DaemonLog;
}

/** The version of the event types that this daemon speaks. */
const EVENTS_VERSION = '1.2';
/** For what was reported last when the daemon stops, ms. */
const FLUSH_MS = 3_000;

/** The daemon's side toward the API: what it is assigned, how long it may run it, and what it has to report. */
export class ApiSide {
  readonly #spool: Spool;
  readonly #link: ApiLink;
  readonly #sender: ReportSender;
  readonly #reports: Reports;
  readonly #leases: Leases;
  readonly #assignments: Assignments;
  readonly #instanceId: string;

  constructor(
    private readonly options: ApiOptions,
    private readonly deps: ApiDependencies,
  ) {
    const { runs, folders, metrics, log } = deps;
    this.#instanceId = instanceId(options.state);
    this.#spool = new Spool(options.state, options.spoolBytes, {
      dropped: (reports) => metrics.reportsDropped(reports),
      damaged: (file) => log.spoolDamaged(file),
      full: (error) => log.spoolFull(error),
    });
    this.#link = new ApiLink(options.gateways, {
      hello: () => this.#hello(),
      up: () => this.#up(),
      event: (event) => this.#hear(event),
      down: (error) => {
        metrics.apiUp(false);
        log.apiError(error);
      },
    });
    this.#sender = new ReportSender(this.#spool, this.#link, log);
    this.#reports = new Reports(this.#spool, folders, () => this.#wake());
    this.#leases = new Leases(runs, this.#link);
    this.#assignments = new Assignments(runs, this.#link, this.#reports, log);
    runs.reportTo(this.#reports);
  }

  get isUp(): boolean {
    return this.#link.isUp;
  }

  start(): void {
    this.#leases.start();
    this.#link.start();
  }

  /** Takes nothing new; the API gives it to others. */
  drain(): void {
    this.#assignments.drain();
    void this.#link.ask([{ type: 'daemon.drain', data: {} }]).catch(() => undefined);
  }

  /** Sends what is left to report, for a while, and ends the stream. What is left then waits on the disk. */
  async close(): Promise<void> {
    this.#reports.close();
    if (this.#link.isUp) await this.#sender.flushed(FLUSH_MS);
    this.#sender.close();
    this.#leases.close();
    await this.#link.close();
    this.#spool.close();
  }

  #hello(): ApiEvent {
    const { daemonId, types, slots } = this.options;
    const running = this.deps.runs.live.flatMap(({ record }) => record.assignment?.token ?? []);
    return {
      type: 'daemon.hello',
      data: {
        daemon_id: daemonId,
        instance_id: this.#instanceId,
        version: EVENTS_VERSION,
        types: types.join(','),
        slots: String(slots),
        running: running.join(','),
      },
    };
  }

  #up(): void {
    this.deps.metrics.apiUp(true);
    this.deps.log.apiUp();
    this.#leases.restart();
    this.#sender.wake();
  }

  #wake(): void {
    this.deps.metrics.spooled(this.#spool.length, this.#spool.bytes);
    this.#sender.wake();
  }

  #hear(event: ApiEvent): void {
    if (event.type === 'task.assigned') void this.#assignments.take(event);
    else if (event.type === 'task.cancel') void this.#assignments.cancel(event);
    else if (event.type === 'task.stale') this.#assignments.dropStale(event);
  }
}

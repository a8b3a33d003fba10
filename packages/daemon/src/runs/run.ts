import type { LaunchRequest } from '../engines/plan-launch.js';
import type { FinalMessage } from './final-message.js';
import { Steps, type StepUpdate } from './steps.js';
import type { Verdict } from './verdict.js';

/** `unknown`: an engine that somebody else has started is gone without a word. */
export type RunStatus = 'waiting' | 'running' | 'unknown' | Verdict['status'];

/** Who wants a run: the API, a caller of this daemon, or somebody who started the engine by hand. */
export type RunOrigin = 'assigned' | 'local' | 'observed';

export type RunAbout = Pick<LaunchRequest, 'id' | 'engine' | 'playbook' | 'inventory' | 'variables'>;

/** Everything that is known of a run. */
export class Run {
  readonly steps = new Steps();
  status: RunStatus = 'waiting';
  error = '';
  updatedAtMs: number;
  startedAtMs: number | undefined;
  completedAtMs: number | undefined;
  /** What the engine wrote, the last of it. */
  output = '';
  exitCode: number | undefined;
  durationMs: number | undefined;
  result: Readonly<Record<string, string>> = {};
  final: FinalMessage | undefined;

  constructor(
    readonly origin: RunOrigin,
    public about: RunAbout,
    readonly priority: number,
    readonly createdAtMs: number,
  ) {
    this.updatedAtMs = createdAtMs;
  }

  get hasEnded(): boolean {
    return this.status !== 'waiting' && this.status !== 'running';
  }

  /** Percent: 100 once it has completed. */
  get percent(): number {
    return this.status === 'completed' ? 100 : this.steps.percent;
  }

  begin(atMs: number): void {
    this.status = 'running';
    this.startedAtMs = atMs;
    this.updatedAtMs = atMs;
  }

  hearStep(update: StepUpdate, nowMs: number): void {
    this.steps.hear(update, nowMs);
    this.updatedAtMs = nowMs;
  }

  end({ status, error }: { readonly status: RunStatus; readonly error: string }, atMs: number): void {
    this.status = status;
    this.error = error;
    this.completedAtMs = atMs;
    this.updatedAtMs = atMs;
  }
}

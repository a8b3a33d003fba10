import type { RecordedActivity } from './activity-recorder.js';

export type ServiceName = 'gateway' | 'scheduler' | 'worker';

/** An endpoint of a client that keeps failing, so that what is due there is held back. */
export interface HeldEndpoint {
  readonly clientId: string;
  /** Without its path, which may be a secret. */
  readonly endpoint: string;
}

/** What one process did within a second, and how it stands at the end of it. */
export interface ProcessSummary extends RecordedActivity {
  readonly service: ServiceName;
  /** Tells processes apart; another one after each start. */
  readonly instance: string;
  /** The release. */
  readonly version: string;
  /** Unix epoch ms, by the process's own clock. */
  readonly startedAtMs: number;
  /** How the process stands, by name. */
  readonly gauges: Readonly<Record<string, number>>;
  readonly heldEndpoints: readonly HeldEndpoint[];
}

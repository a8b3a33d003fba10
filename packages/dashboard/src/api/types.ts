/** What the API answers, as far as the page shows it; docs/http-api.md and /openapi.json tell the whole of it. */

export interface Identity {
  readonly client: string;
  readonly permissions: readonly string[];
  readonly version: string;
}

export interface Lateness {
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
}

export interface Activity {
  readonly registered: number;
  readonly cancelled: number;
  readonly delivered: number;
  readonly retried: number;
  readonly deadLettered: number;
  readonly givenBack: number;
  readonly stale: number;
  readonly http: number;
  readonly grpc: number;
  readonly tcp: number;
  readonly udp: number;
  readonly lateness: Lateness;
}

export interface Second extends Activity {
  readonly at: string;
  /** How many processes told of this second; none: nothing is known of it. */
  readonly reports: number;
}

export interface Process {
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly startedAt: string;
  readonly lastSeenAt: string;
  readonly gauges: Readonly<Record<string, number>>;
}

export interface Stats {
  readonly client: string | null;
  readonly now: string;
  readonly series: readonly Second[];
  readonly total: Activity;
  readonly incomplete: boolean;
  readonly waiting?: { readonly tasks: number; readonly deadLetters: number };
  readonly heldEndpoints: readonly { readonly client: string; readonly endpoint: string }[];
  readonly processes?: readonly Process[];
  readonly clients?: readonly (Activity & { readonly client: string })[];
}

export interface Forecast {
  readonly client: string | null;
  readonly from: string;
  readonly slot: number;
  readonly before: number;
  readonly slots: readonly number[];
  readonly after: number;
}

export interface Attempt {
  readonly occurrence: number;
  readonly attempt: number;
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: string;
  readonly error: string;
}

export interface Task {
  readonly id: string;
  readonly state: string;
  readonly dueAt: string;
  readonly occurrence: number;
  readonly repeatInterval?: number;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly attempts: readonly Attempt[];
  readonly waitingFor?: {
    readonly reason: string;
    readonly endpoint?: string;
    readonly until?: string;
    readonly since?: string;
  };
  readonly replayOf?: string;
  readonly text?: string;
  readonly base64?: string;
  readonly tags: readonly string[];
}

export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly nextCursor: string | null;
}

export interface DeadLetter {
  readonly id: string;
  readonly taskId: string;
  readonly attempts: number;
  readonly dueAt: string;
  readonly deadLetteredAt: string;
  readonly errorClass: string;
  readonly history: readonly Attempt[];
  readonly callback?: { readonly url: string };
  readonly text?: string;
  readonly base64?: string;
}

export interface DeadLetterPage {
  readonly deadLetters: readonly DeadLetter[];
  readonly nextCursor: string | null;
}

/** A task as the HTTP API tells it. */
export interface Task {
  readonly id: string;
  readonly state: string;
  readonly dueAt: string;
  readonly occurrence: number;
  /** ms */
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
}

export interface Attempt {
  readonly occurrence: number;
  readonly attempt: number;
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: string;
  readonly error: string;
}

export function recurrenceOf({ repeatInterval, cron, timeZone }: Task): string | undefined {
  if (cron !== undefined) return `${cron} (${timeZone})`;
  return repeatInterval === undefined ? undefined : `every ${repeatInterval} ms`;
}

export function waitingOf({ waitingFor }: Task): string | undefined {
  if (!waitingFor) return undefined;
  const { reason, endpoint, until, since } = waitingFor;
  const parts = [reason.replaceAll('_', ' '), endpoint, until && `until ${until}`, since && `since ${since}`];
  return parts.filter(Boolean).join(' ');
}

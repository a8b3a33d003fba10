import {
  ACTIVITY_COUNTS,
  type Activity,
  noActivity,
  type ProcessSummary,
  type ServiceName,
} from '@boomerang/domain';

const VERSION = 1;

/** Counts in their order, then a list of (bucket, number) of the lateness, where there is any. */
type Packed = [counts: number[], lateness?: number[]];

interface Stored {
  readonly v: typeof VERSION;
  readonly service: ServiceName;
  readonly instance: string;
  readonly version: string;
  readonly started: number;
  readonly gauges: Readonly<Record<string, number>>;
  readonly all: Packed;
  readonly clients?: Readonly<Record<string, Packed>>;
  readonly left?: 1;
  readonly held?: readonly [clientId: string, endpoint: string][];
}

/** A summary as short JSON: what is empty is left out. */
export function encodeSummary(summary: ProcessSummary): string {
  const { service, instance, version, startedAtMs, gauges, clients, heldEndpoints } = summary;
  const stored: Stored = {
    v: VERSION,
    service,
    instance,
    version,
    started: startedAtMs,
    gauges,
    all: pack(summary.all),
    ...(clients.size > 0 && {
      clients: Object.fromEntries([...clients].map(([id, activity]) => [id, pack(activity)])),
    }),
    ...(summary.clientsLeftOut && { left: 1 as const }),
    ...(heldEndpoints.length > 0 && {
      held: heldEndpoints.map(({ clientId, endpoint }) => [clientId, endpoint] as [string, string]),
    }),
  };
  return JSON.stringify(stored);
}

/** Undefined for what another release has written otherwise. */
export function decodeSummary(text: string): ProcessSummary | undefined {
  const stored = JSON.parse(text) as Stored;
  if (stored.v !== VERSION) return undefined;
  const { service, instance, version, started, gauges, all, clients = {}, left, held = [] } = stored;
  return {
    service,
    instance,
    version,
    startedAtMs: started,
    gauges,
    all: unpack(all),
    clients: new Map(Object.entries(clients).map(([id, packed]) => [id, unpack(packed)])),
    clientsLeftOut: left === 1,
    heldEndpoints: held.map(([clientId, endpoint]) => ({ clientId, endpoint })),
  };
}

function pack({ counts, lateness }: Activity): Packed {
  const numbers = ACTIVITY_COUNTS.map((name) => counts[name]);
  while (numbers.at(-1) === 0) numbers.pop();
  return lateness.size === 0 ? [numbers] : [numbers, [...lateness].flat()];
}

function unpack([numbers, lateness = []]: Packed): Activity {
  const activity = noActivity();
  ACTIVITY_COUNTS.forEach((name, i) => {
    activity.counts[name] = numbers[i] ?? 0;
  });
  for (let i = 0; i < lateness.length; i += 2) {
    activity.lateness.set(lateness[i] as number, lateness[i + 1] as number);
  }
  return activity;
}

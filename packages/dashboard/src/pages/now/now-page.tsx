import { useMemo } from 'preact/hooks';
import type { Second, Stats } from '../../api/types.js';
import { type Line, LineChart } from '../../charts/line-chart.js';
import type { Row } from '../../charts/plot.js';
import { count, duration, rate } from '../../ui/format.js';
import { Failed, Loading } from '../../ui/states.js';
import { ForecastCard } from './forecast-card.js';
import { problemsOf } from './problems.js';
import { ClientsCard, ProcessesCard } from './processes-card.js';
import { sumOf } from './sum-of.js';
import { Tiles } from './tiles.js';
import { useStats } from './use-stats.js';
import { Verdict } from './verdict.js';

/** Of the rates that legends tell. */
const LATELY_S = 10;

/** What happens now, and whether all is well. @param client undefined: of all. */
export function NowPage({ client }: { readonly client: string | undefined }) {
  const { stats, error } = useStats(client);
  if (!stats) {
    return (
      <>
        <h1 class="unseen">Now</h1>
        {error ? <Failed error={error} /> : <Loading rows={8} />}
      </>
    );
  }
  return (
    <>
      <h1 class="unseen">Now</h1>
      <Verdict stats={stats} problems={problemsOf(stats)} error={error} />
      <Tiles stats={stats} client={client} />
      <div class="grid">
        <ForecastCard client={client} />
        <Charts series={stats.series} />
        {stats.processes && <ProcessesCard processes={stats.processes} />}
        {stats.clients && stats.clients.length > 0 && <ClientsCard clients={stats.clients} />}
        <Held stats={stats} />
      </div>
    </>
  );
}

type Counted = Exclude<keyof Second, 'at' | 'lateness' | 'reports'>;

function Charts({ series }: { readonly series: readonly Second[] }) {
  const times = useMemo(() => series.map(({ at }) => Date.parse(at)), [series]);
  const lately = series.slice(-LATELY_S);
  const line = (label: string, name: Counted, colour: string, dash?: number[]): Line => ({
    label,
    colour,
    ...(dash && { dash }),
    values: series.map((second) => (second.reports === 0 ? null : second[name])),
  });
  const perSecond = ({ values }: Line) => `${rate(average(values.slice(-LATELY_S)))}/s`;
  const late = (label: string, share: 'p50' | 'p99' | 'p999', colour: string, dash?: number[]): Line => ({
    label,
    colour,
    ...(dash && { dash }),
    values: series.map(({ lateness }) => lateness[share]),
  });
  const worst = ({ values }: Line) => {
    const known = values.slice(-LATELY_S).filter((value) => value !== null);
    return known.length === 0 ? '–' : duration(Math.max(...known));
  };
  const outcomes = [
    line('delivered', 'delivered', '--good'),
    line('retried', 'retried', '--warning', [6, 3]),
    line('dead-lettered', 'deadLettered', '--bad', [2, 2]),
    line('given back', 'givenBack', '--muted', [8, 3, 2, 3]),
  ];
  const wires = [
    line('HTTP', 'http', '--accent'),
    line('gRPC', 'grpc', '--good', [6, 3]),
    line('TCP', 'tcp', '--warning', [2, 2]),
    line('UDP', 'udp', '--muted', [8, 3, 2, 3]),
  ].filter(({ values }, i) => i === 0 || values.some((value) => (value ?? 0) > 0));
  const registered = [
    line('registered', 'registered', '--accent'),
    line('cancelled', 'cancelled', '--muted', [6, 3]),
  ];
  const lateness = [
    late('p50', 'p50', '--good'),
    late('p99', 'p99', '--warning', [6, 3]),
    late('p99.9', 'p999', '--bad', [2, 2]),
  ];
  return (
    <>
      <LineChart
        title="Attempts by outcome"
        times={times}
        lines={outcomes}
        format={rate}
        figure={perSecond}
      />
      <LineChart title="Lateness" times={times} lines={lateness} format={duration} figure={worst} log />
      <LineChart title="Registrations" times={times} lines={registered} format={rate} figure={perSecond} />
      <LineChart title="Requests by wire" times={times} lines={wires} format={rate} figure={perSecond} />
      <p class="unseen" aria-live="off">
        {count(sumOf(lately, 'delivered'))} delivered in the last {LATELY_S} seconds
      </p>
    </>
  );
}

function average(values: Row): number {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function Held({ stats: { heldEndpoints } }: { readonly stats: Stats }) {
  if (heldEndpoints.length === 0) return null;
  return (
    <section class="card" aria-label="Endpoints that are held back">
      <header>
        <h2>Endpoints that are held back</h2>
      </header>
      <ul class="plain">
        {heldEndpoints.map(({ client, endpoint }) => (
          <li key={`${client} ${endpoint}`}>
            <code>{endpoint}</code>{' '}
            <span class="muted">of {client}: keeps failing, and is tried again now and then</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

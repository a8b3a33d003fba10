import type { Activity, Process } from '../../api/types.js';
import { count, duration } from '../../ui/format.js';
import { Scroll } from '../../ui/scroll.js';

/** What a gauge is called, for people. */
const GAUGES: Readonly<Record<string, string>> = {
  tcpConnections: 'TCP',
  grpcConnections: 'gRPC',
  httpConnections: 'HTTP',
  daemons: 'daemons',
  parked: 'parked',
  overdue: 'overdue',
  inFlight: 'in flight',
  readyExecutions: 'executions ready',
  runningExecutions: 'running',
  breakersOpen: 'breakers open',
};

export function ProcessesCard({ processes }: { readonly processes: readonly Process[] }) {
  const sorted = [...processes].sort(
    (a, b) => a.service.localeCompare(b.service) || a.instance.localeCompare(b.instance),
  );
  return (
    <section class="card wide" aria-label="Processes">
      <header>
        <h2>Processes</h2>
        <span class="muted">{processes.length} running</span>
      </header>
      <Scroll label="Processes, table">
        <table>
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Release</th>
              <th scope="col">Up for</th>
              <th scope="col">Load</th>
              <th scope="col">How it stands</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((one) => (
              <tr key={one.instance}>
                <th scope="row">
                  {one.service} <code class="muted">{one.instance}</code>
                </th>
                <td>{one.version}</td>
                <td>{duration(Date.parse(one.lastSeenAt) - Date.parse(one.startedAt))}</td>
                <td>
                  <Load process={one} />
                </td>
                <td class="muted">{standing(one)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function Load({ process: { service, gauges } }: { readonly process: Process }) {
  const { slots = 0, slotsInUse = 0, redisMemory } = gauges;
  if (slots > 0)
    return <Meter share={slotsInUse / slots} text={`${count(slotsInUse)} of ${count(slots)} slots`} />;
  if (service === 'gateway' && redisMemory !== undefined) {
    return (
      <Meter
        share={redisMemory}
        text={redisMemory === 0 ? 'Redis has no limit' : `Redis ${Math.round(redisMemory * 100)} %`}
      />
    );
  }
  return <span class="muted">–</span>;
}

function Meter({ share, text }: { readonly share: number; readonly text: string }) {
  return (
    <span class="meter-row">
      <meter min={0} max={1} low={0.7} high={0.9} optimum={0} value={share} aria-label={text} />
      <span>{text}</span>
    </span>
  );
}

function standing({ gauges }: Process): string {
  const told = Object.entries(GAUGES).filter(([name]) => gauges[name]);
  return told.map(([name, shown]) => `${count(gauges[name] ?? 0)} ${shown}`).join(' · ') || 'idle';
}

export function ClientsCard({ clients }: { readonly clients: readonly (Activity & { client: string })[] }) {
  const sorted = [...clients].sort((a, b) => b.delivered + b.registered - (a.delivered + a.registered));
  return (
    <section class="card wide" aria-label="Busiest clients">
      <header>
        <h2>Busiest clients</h2>
        <span class="muted">in the time shown last</span>
      </header>
      <Scroll label="Busiest clients, table">
        <table>
          <thead>
            <tr>
              <th scope="col">Client</th>
              <th scope="col" class="number">
                Registered
              </th>
              <th scope="col" class="number">
                Delivered
              </th>
              <th scope="col" class="number">
                Retried
              </th>
              <th scope="col" class="number">
                Dead-lettered
              </th>
              <th scope="col" class="number">
                p99 late
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((one) => (
              <tr key={one.client}>
                <th scope="row">{one.client}</th>
                <td class="number">{count(one.registered)}</td>
                <td class="number">{count(one.delivered)}</td>
                <td class="number">{count(one.retried)}</td>
                <td class="number">{count(one.deadLettered)}</td>
                <td class="number">{one.lateness.p99 === null ? '–' : duration(one.lateness.p99)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

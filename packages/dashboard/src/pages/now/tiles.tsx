import { queryOf } from '../../api/request.js';
import type { Forecast, Stats } from '../../api/types.js';
import { usePoll } from '../../api/use-poll.js';
import { count, duration, rate } from '../../ui/format.js';
import { Link } from '../../ui/router.js';
import { gaugeSum } from './problems.js';
import { sumOf } from './sum-of.js';

const LATELY_S = 10;
const EVERY_MS = 2_000;

interface TilesProps {
  readonly stats: Stats;
  readonly client: string | undefined;
}

/** The figures that one looks for first. */
export function Tiles({ stats, client }: TilesProps) {
  // One slot of a minute, then those up to an hour, then up to a day.
  const minute = usePoll<Forecast>(
    `/v1/forecast${queryOf({ client, slot: '1m', slots: 60 })}`,
    EVERY_MS,
  ).data;
  const day = usePoll<Forecast>(`/v1/forecast${queryOf({ client, slot: '1h', slots: 24 })}`, EVERY_MS).data;
  const lately = stats.series.slice(-LATELY_S);
  const sum = (slots: readonly number[] = []) => slots.reduce((all, due) => all + due, 0);
  const { waiting, processes } = stats;
  const tasks = waiting?.tasks ?? gaugeSum(processes ?? [], 'parked');
  const dead = waiting?.deadLetters ?? gaugeSum(processes ?? [], 'deadLetters');
  const worst = Math.max(0, ...lately.map(({ lateness }) => lateness.p99 ?? 0));
  return (
    <dl class="tiles">
      <Tile name="Due in a minute" value={minute && count(minute.slots[0] ?? 0)} />
      <Tile name="in an hour" value={minute && count(sum(minute.slots))} />
      <Tile name="in a day" value={day && count(sum(day.slots))} />
      <Tile name="Waiting in all" value={count(tasks)} {...(waiting && { to: '/tasks' })} />
      <Tile name="Delivered" value={`${rate(sumOf(lately, 'delivered') / LATELY_S)}/s`} />
      <Tile name="Lateness p99" value={worst === 0 ? '–' : duration(worst)} />
      <Tile name="Dead letters" value={count(dead)} to="/dead-letters" bad={dead > 0} />
    </dl>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly to?: string;
  readonly bad?: boolean;
}

function Tile({ name, value = '…', to, bad = false }: TileProps) {
  return (
    <div class={bad ? 'tile bad' : 'tile'}>
      <dt>{name}</dt>
      <dd>{to ? <Link to={to}>{value}</Link> : value}</dd>
    </div>
  );
}

import { useState } from 'preact/hooks';
import { queryOf } from '../../api/request.js';
import type { Forecast } from '../../api/types.js';
import { usePoll } from '../../api/use-poll.js';
import { Histogram } from '../../charts/histogram.js';
import { count, dateTime } from '../../ui/format.js';
import { Link } from '../../ui/router.js';
import { Empty, Failed, Loading } from '../../ui/states.js';

interface Range {
  readonly name: string;
  readonly slotMs: number;
  readonly slots: number;
}

const RANGES: readonly Range[] = [
  { name: 'Minute', slotMs: 1_000, slots: 60 },
  { name: 'Hour', slotMs: 60_000, slots: 60 },
  { name: 'Day', slotMs: 900_000, slots: 96 },
  { name: 'Week', slotMs: 7_200_000, slots: 84 },
  { name: 'Month', slotMs: 28_800_000, slots: 90 },
];
const HOUR = RANGES[1] as Range;

/** Looks closer by so many slots at most, and no closer than a slot of 100 ms. */
const ZOOM_SLOTS = 80;
const LEAST_SLOT_MS = 100;
const EVERY_MS = 5_000;

interface Zoom {
  readonly fromMs: number;
  readonly slotMs: number;
  readonly slots: number;
}

function zoomTo(fromMs: number, untilMs: number): Zoom {
  const slotMs = Math.max(LEAST_SLOT_MS, Math.ceil((untilMs - fromMs) / ZOOM_SLOTS / 100) * 100);
  return { fromMs: Math.floor(fromMs), slotMs, slots: Math.max(1, Math.ceil((untilMs - fromMs) / slotMs)) };
}

/** What falls due, as bars that can be looked at closer. */
export function ForecastCard({ client }: { readonly client: string | undefined }) {
  const [range, setRange] = useState(HOUR);
  const [zoom, setZoom] = useState<Zoom>();
  const shown = zoom ?? range;
  const from = zoom && new Date(zoom.fromMs).toISOString();
  const path = `/v1/forecast${queryOf({ client, from, slot: shown.slotMs, slots: shown.slots })}`;
  const { data, error, refresh } = usePoll<Forecast>(path, EVERY_MS);
  const choose = (chosen: Range) => {
    setRange(chosen);
    setZoom(undefined);
  };
  return (
    <section class="card chart wide" aria-label="What falls due">
      <header>
        <h2>What falls due</h2>
        <fieldset class="segments">
          <legend class="unseen">How far to look ahead</legend>
          {RANGES.map((one) => (
            <button
              key={one.name}
              type="button"
              aria-pressed={!zoom && one === range}
              onClick={() => choose(one)}
            >
              {one.name}
            </button>
          ))}
          {zoom && (
            <button type="button" onClick={() => setZoom(undefined)}>
              ✕ zoom
            </button>
          )}
        </fieldset>
      </header>
      {!data && (error ? <Failed error={error} retry={refresh} /> : <Loading rows={4} />)}
      {data && <Bars forecast={data} onZoom={(fromMs, untilMs) => setZoom(zoomTo(fromMs, untilMs))} />}
    </section>
  );
}

interface BarsProps {
  readonly forecast: Forecast;
  readonly onZoom: (fromMs: number, untilMs: number) => void;
}

function Bars({ forecast, onZoom }: BarsProps) {
  const { slots, before, after, slot } = forecast;
  const fromMs = Date.parse(forecast.from);
  const untilMs = fromMs + slot * slots.length;
  const total = slots.reduce((sum, due) => sum + due, 0);
  const rows = `/tasks${queryOf({ dueAfter: forecast.from, dueBefore: new Date(untilMs).toISOString() })}`;
  return (
    <>
      {total === 0 ? (
        <Empty title="Nothing falls due in this time">
          {after > 0 ? `${count(after)} are due later.` : 'Tasks that are registered appear here.'}
        </Empty>
      ) : (
        <Histogram title="What falls due" fromMs={fromMs} slotMs={slot} counts={slots} onSelect={onZoom} />
      )}
      <p class="note">
        {forecast.client === null ? (
          <b>{count(total)}</b>
        ) : (
          <Link to={rows}>
            <b>{count(total)}</b>
          </Link>
        )}{' '}
        until {dateTime(untilMs)}, {count(after)} later{before > 0 && `, ${count(before)} before`}. Of a
        recurring task only the next occurrence is counted. Drag over bars to look closer.
      </p>
    </>
  );
}

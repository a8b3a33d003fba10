import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import { time } from '../ui/format.js';
import { colour } from './colour.js';
import { axes, Plot, type Row } from './plot.js';
import { TableTwin } from './table-twin.js';

export interface Line {
  readonly label: string;
  /** A custom property of the page. */
  readonly colour: string;
  /** Lines that are told apart by more than their colour. */
  readonly dash?: number[];
  readonly values: Row;
}

interface LineChartProps {
  readonly title: string;
  /** Unix epoch ms. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** What stands beside a line's name: its latest or its total. */
  readonly figure: (line: Line) => string;
  readonly log?: boolean;
}

/** Rows of the table twin: the last ones. */
const TWIN_ROWS = 30;

/** Lines over time. Where nothing is known they have a gap. */
export function LineChart({ title, times, lines, format, figure, log = false }: LineChartProps) {
  const data = useMemo(
    () => [times.map((ms) => ms / 1_000), ...lines.map(({ values }) => values)] as [number[], ...Row[]],
    [times, lines],
  );
  const options = () => ({
    axes: axes(format, log),
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    padding: [8, 18, 0, 0] as uPlot.Padding,
    scales: { y: log ? { distr: 3 as const, range: logRange } : { range: fromZero } },
    series: [
      {},
      ...lines.map((line) => ({
        label: line.label,
        stroke: colour(line.colour),
        width: 1.75,
        ...(line.dash && { dash: line.dash }),
        points: { show: false },
      })),
    ] as uPlot.Series[],
  });
  return (
    <section class="card chart" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <ul class="legend">
          {lines.map((line) => (
            <li key={line.label} class={`mark ${line.colour.slice(2)}${line.dash ? ' dashed' : ''}`}>
              {line.label} <b>{figure(line)}</b>
            </li>
          ))}
        </ul>
      </header>
      <Plot data={data} options={options} kind={`${title} ${lines.map(({ label }) => label)}`} height={168} />
      <TableTwin
        caption={title}
        columns={['Time', ...lines.map(({ label }) => label)]}
        rows={times.slice(-TWIN_ROWS).map((ms, i) => {
          const at = Math.max(0, times.length - TWIN_ROWS) + i;
          const cell = (value: number | null | undefined) =>
            typeof value === 'number' ? format(value) : '–';
          return [time(ms), ...lines.map(({ values }) => cell(values[at]))];
        })}
      />
    </section>
  );
}

function fromZero(_plot: uPlot, _min: number, max: number): [number, number] {
  return [0, Math.max(1, max * 1.1)];
}

function logRange(_plot: uPlot, min: number, max: number): [number, number] {
  const low = 10 ** Math.floor(Math.log10(Math.max(min || 0.1, 0.1)));
  return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(max || 1)))];
}

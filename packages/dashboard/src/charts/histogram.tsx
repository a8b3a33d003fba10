import { useMemo } from 'preact/hooks';
import uPlot from 'uplot';
import { count, dateTime, duration } from '../ui/format.js';
import { colour } from './colour.js';
import { axes, Plot, type Row } from './plot.js';
import { TableTwin } from './table-twin.js';

interface HistogramProps {
  readonly title: string;
  /** Unix epoch ms. */
  readonly fromMs: number;
  readonly slotMs: number;
  readonly counts: readonly number[];
  /** The time that was chosen with the mouse, Unix epoch ms. */
  readonly onSelect: (fromMs: number, untilMs: number) => void;
}

/** Bars, one for each slot of time. To drag over some of them is to look closer. */
export function Histogram({ title, fromMs, slotMs, counts, onSelect }: HistogramProps) {
  const data = useMemo(() => {
    const times = counts.map((_, i) => (fromMs + i * slotMs) / 1_000);
    return [times, [...counts]] as [number[], ...Row[]];
  }, [fromMs, slotMs, counts]);
  const options = () => ({
    axes: axes(count),
    padding: [8, 18, 0, 0] as uPlot.Padding,
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { range: (_plot: uPlot, min: number, max: number): [number, number] => [min, max + slotMs / 1_000] },
      y: {
        range: (_plot: uPlot, _min: number, max: number): [number, number] => [0, Math.max(1, max * 1.1)],
      },
    },
    series: [
      {},
      {
        label: 'due',
        fill: colour('--accent'),
        stroke: colour('--accent'),
        width: 0,
        points: { show: false },
        paths: uPlot.paths.bars?.({ size: [0.82, 48], align: 1, radius: 0.15 }),
      },
    ] as uPlot.Series[],
    hooks: {
      setSelect: [
        (plot: uPlot) => {
          const { left, width } = plot.select;
          if (width < 8) return;
          const at = (place: number) => plot.posToVal(place, 'x') * 1_000;
          onSelect(at(left), at(left + width));
        },
      ],
    },
  });
  return (
    <>
      <Plot data={data} options={options} kind={`${title} ${slotMs}`} height={190} />
      <TableTwin
        caption={`${title}, by ${duration(slotMs)}`}
        columns={['From', 'Due']}
        rows={counts.flatMap((due, i) => (due === 0 ? [] : [[dateTime(fromMs + i * slotMs), count(due)]]))}
      />
    </>
  );
}

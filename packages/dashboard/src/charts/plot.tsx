import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { clock, day } from '../ui/format.js';
import { colour } from './colour.js';

export type Row = (number | null)[];

interface PlotProps {
  /** Seconds of the Unix epoch, then one list for each series. */
  readonly data: readonly [number[], ...Row[]];
  /** Is asked again when the theme changes. */
  readonly options: () => Partial<uPlot.Options>;
  /** Another one draws the chart anew. */
  readonly kind: string;
  readonly height: number;
}

/** A chart on a canvas. It is for the eye alone: whoever shows it gives its figures as a table, too. */
export function Plot({ data, options, kind, height }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const theme = useTheme();

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const drawn = new uPlot(
      { width: element.clientWidth || 300, height, legend: { show: false }, ...options() } as uPlot.Options,
      data as unknown as uPlot.AlignedData,
      element,
    );
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
    };
    // Data comes by the effect below.
  }, [kind, theme, height]);

  useEffect(() => plot.current?.setData(data as unknown as uPlot.AlignedData), [data]);

  return <div class="plot" ref={place} aria-hidden="true" />;
}

/** Changes when the page becomes light or dark. */
function useTheme(): string {
  const [theme, setTheme] = useState('');
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setTheme(`${dark.matches} ${document.documentElement.dataset.theme ?? ''}`);
    const watched = new MutationObserver(changed);
    watched.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    dark.addEventListener('change', changed);
    return () => {
      watched.disconnect();
      dark.removeEventListener('change', changed);
    };
  }, []);
  return theme;
}

const DAY_S = 86_400;

/** Times of the day; within more than two days, days. */
function times(_plot: uPlot, seconds: number[], _axis: number, _space: number, apart: number): string[] {
  const [first = 0, last = 0] = [seconds[0], seconds.at(-1)];
  const days = last - first > 2 * DAY_S;
  return seconds.map((each) => (days ? day(each * 1_000) : clock(each * 1_000, apart < 60)));
}

/** Of an axis by logarithms: powers of ten alone. */
function powersOfTen(_plot: uPlot, _axis: number, min: number, max: number): number[] {
  const powers: number[] = [];
  for (let at = 10 ** Math.ceil(Math.log10(min)); at <= max * 1.001; at *= 10) powers.push(at);
  return powers;
}

/** Axes in the page's colours. @param format of what stands at the side. */
export function axes(format: (value: number) => string, log = false): uPlot.Axis[] {
  const lines = {
    stroke: colour('--muted'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
  };
  return [
    { ...lines, grid: { show: false }, space: 64, size: 30, values: times },
    {
      ...lines,
      grid: { stroke: colour('--line'), width: 1 },
      size: 52,
      space: 36,
      ...(log && { splits: powersOfTen, filter: (_plot: uPlot, splits: number[]) => splits }),
      values: (_plot, values) => values.map((value) => (typeof value === 'number' ? format(value) : '')),
    },
  ];
}

import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
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

/** Axes in the page's colours. @param format of what stands at the side. */
export function axes(format: (value: number) => string): uPlot.Axis[] {
  const lines = {
    stroke: colour('--muted'),
    font: '11px system-ui, sans-serif',
    ticks: { show: false },
  };
  return [
    { ...lines, grid: { show: false }, space: 70 },
    {
      ...lines,
      grid: { stroke: colour('--line'), width: 1 },
      size: 52,
      space: 36,
      values: (_plot, values) => values.map((value) => (typeof value === 'number' ? format(value) : '')),
    },
  ];
}

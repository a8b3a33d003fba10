import { AHEAD_MS, type NextTimes } from './use-next-times.js';

/** Units of the drawing: minutes of a day. */
const WIDTH = 1_440;
const HEIGHT = 20;
const MARK = 4;

interface LaneProps {
  readonly next: NextTimes | undefined;
  readonly nowMs: number;
  /** What it shows, for who can't see it. */
  readonly label: string;
}

/** The next day as a line, with a mark wherever something falls due. */
export function Lane({ next, nowMs, label }: LaneProps) {
  const place = (ms: number) => Math.min(WIDTH, Math.max(0, ((ms - nowMs) / AHEAD_MS) * WIDTH));
  const known = place(next?.knownUntilMs ?? nowMs + AHEAD_MS);
  return (
    <svg
      class="lane"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {next?.times.map((ms) => (
        <rect key={ms} x={place(ms)} y={3} width={MARK} height={HEIGHT - 6} />
      ))}
      {known < WIDTH && <rect class="unknown" x={known} y={0} width={WIDTH - known} height={HEIGHT} />}
    </svg>
  );
}

/** Time within which schedules count as falling due together, ms. */
const SLOT_MS = 600_000;

export interface Overlap {
  readonly atMs: number;
  readonly schedules: number;
}

/** When most schedules fall due together; undefined if nothing does at all. */
export function mostTogether(all: ReadonlyMap<string, NextTimes>): Overlap | undefined {
  const slots = new Map<number, number>();
  for (const { times } of all.values()) {
    for (const slot of new Set(times.map((ms) => Math.floor(ms / SLOT_MS)))) {
      slots.set(slot, (slots.get(slot) ?? 0) + 1);
    }
  }
  const [first] = [...slots].sort(([a, m], [b, n]) => n - m || a - b);
  return first && { atMs: first[0] * SLOT_MS, schedules: first[1] };
}

const UNITS: readonly [name: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** A length of time in at most two units: `2 h 5 m`, `4.2 s`, `15 ms`. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1_000) return `${round(ms)} ms`;
  if (size < 60_000) return `${round(ms / 1_000)} s`;
  const parts: string[] = [];
  let left = size;
  for (const [name, unit] of UNITS) {
    const count = Math.floor(left / unit);
    left -= count * unit;
    if (count > 0 || parts.length > 0) parts.push(`${count} ${name}`);
    if (parts.length === 2) break;
  }
  return (ms < 0 ? '−' : '') + parts.filter((part) => !part.startsWith('0 ')).join(' ');
}

function round(value: number): string {
  const size = Math.abs(value);
  return String(size >= 10 || Number.isInteger(value) ? Math.round(value) : Number(value.toFixed(1)));
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `12,345`; from a million on `1.2M`. */
export function count(value: number): string {
  return value >= 1_000_000 ? short.format(value) : whole.format(value);
}

export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  return perSecond >= 100 ? whole.format(perSecond) : perSecond.toFixed(perSecond >= 10 ? 0 : 1);
}

const fields = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const moment = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});
const minutes = new Intl.DateTimeFormat(undefined, fields);
const seconds = new Intl.DateTimeFormat(undefined, { ...fields, second: '2-digit' });
const days = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const dateTime = (ms: number) => moment.format(ms);
export const time = (ms: number) => seconds.format(ms);
export const clock = (ms: number, withSeconds: boolean) => (withSeconds ? seconds : minutes).format(ms);
export const day = (ms: number) => days.format(ms);

/** `in 3 m`, `2 h ago`. */
export function fromNow(ms: number, nowMs = Date.now()): string {
  const left = ms - nowMs;
  if (Math.abs(left) < 1_000) return 'now';
  return left > 0 ? `in ${duration(left)}` : `${duration(-left)} ago`;
}

/** `dead_lettered` as `dead-lettered`. */
export const words = (name: string) => name.replaceAll('_', '-');

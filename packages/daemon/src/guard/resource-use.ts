import { readFileSync } from 'node:fs';

/** Ticks of /proc a second: what Linux tells user space on every architecture. */
const TICK_MS = 10;

/** CPU time of the children of this process that have ended, and of theirs, ms; 0 where the system doesn't tell. */
export function childrenCpuMs(): number {
  const fields = read('/proc/self/stat')
    .replace(/^.*\) /s, '')
    .split(' ');
  // Fields 16 and 17 of proc(5), cutime and cstime; the first two were cut off.
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) * TICK_MS;
}

/** Largest resident size of a process so far, bytes; 0 where the system doesn't tell. */
export function peakMemoryBytes(pid: number): number {
  const [, kib = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return Number(kib) * 1_024;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

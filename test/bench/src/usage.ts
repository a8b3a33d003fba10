import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** Linux counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

export interface CommandStat {
  readonly calls: number;
  readonly microseconds: number;
}

/** CPU seconds since each process began. */
export interface Usage {
  readonly redis: number;
  readonly processes: Readonly<Record<string, number>>;
  readonly commands: Readonly<Record<string, CommandStat>>;
}

/** What has been used so far. Processes are NaN where there is no /proc. */
export async function readUsage(redis: Redis, pids: Readonly<Record<string, number>>): Promise<Usage> {
  const [cpu, stats] = [await redis.info('cpu'), await redis.info('commandstats')];
  return {
    redis: infoNumber(cpu, 'used_cpu_user') + infoNumber(cpu, 'used_cpu_sys'),
    processes: Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, processSeconds(pid)])),
    commands: commandStats(stats),
  };
}

/** What was used between the two. */
export function usageBetween(before: Usage, after: Usage): Usage {
  const processes = Object.entries(after.processes).map(([name, seconds]) => [
    name,
    seconds - (before.processes[name] ?? 0),
  ]);
  const commands = Object.entries(after.commands).map(([name, stat]) => {
    const earlier = before.commands[name] ?? { calls: 0, microseconds: 0 };
    const calls = stat.calls - earlier.calls;
    return [name, { calls, microseconds: stat.microseconds - earlier.microseconds }] as const;
  });
  return {
    redis: after.redis - before.redis,
    processes: Object.fromEntries(processes),
    commands: Object.fromEntries(commands.filter(([, { calls }]) => calls > 0)),
  };
}

export function infoNumber(info: string, field: string): number {
  return Number(new RegExp(`^${field}:(.*)$`, 'm').exec(info)?.[1]);
}

function commandStats(info: string): Record<string, CommandStat> {
  const lines = info.matchAll(/^cmdstat_(\S+?):calls=(\d+),usec=(\d+)/gm);
  return Object.fromEntries(
    [...lines].map(([, name, calls, usec]) => [name, { calls: Number(calls), microseconds: Number(usec) }]),
  );
}

function processSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return Number.NaN;
  }
}

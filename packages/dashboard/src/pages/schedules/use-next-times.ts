import { useEffect, useState } from 'preact/hooks';
import { queryOf, request } from '../../api/request.js';
import type { Task } from '../../api/types.js';

/** How far ahead the calendar looks, ms. */
export const AHEAD_MS = 86_400_000;
/** Times of one cron expression that are asked for: every five minutes for a day, for reckoning them costs the gateway. */
const MOST_TIMES = 300;
/** Marks of an interval are no closer than this, ms: closer ones would be one line anyway. */
const LEAST_GAP_MS = 60_000;

export interface NextTimes {
  /** Unix epoch ms, ascending. */
  readonly times: readonly number[];
  /** Nothing is known of later than this. */
  readonly knownUntilMs: number;
}

/** When recurring tasks fall due within the next day, by task id. */
export function useNextTimes(tasks: readonly Task[]): ReadonlyMap<string, NextTimes> {
  const [times, setTimes] = useState<ReadonlyMap<string, NextTimes>>(new Map());
  const schedules = tasks
    .map(({ id, cron, timeZone, dueAt }) => `${id} ${cron} ${timeZone} ${dueAt}`)
    .join('\n');
  // A list with the same schedules asks for nothing anew.
  useEffect(() => {
    let ended = false;
    void Promise.all(tasks.map(async (task) => [task.id, await timesOf(task)] as const)).then((known) => {
      if (!ended) setTimes(new Map(known));
    });
    return () => {
      ended = true;
    };
  }, [schedules]);
  return times;
}

async function timesOf(task: Task): Promise<NextTimes> {
  const first = Date.parse(task.dueAt);
  const until = Date.now() + AHEAD_MS;
  const { cron, timeZone, repeatInterval = 0 } = task;
  if (cron === undefined) return { times: byInterval(first, repeatInterval, until), knownUntilMs: until };
  try {
    const path = `/v1/schedule/preview${queryOf({ cron, timeZone, count: MOST_TIMES })}`;
    const answer = await request<{ times: readonly string[] }>('GET', path);
    const times = answer.times.map((time) => Date.parse(time));
    const whole = times.length < MOST_TIMES || (times.at(-1) ?? 0) >= until;
    return { times: times.filter((ms) => ms < until), knownUntilMs: whole ? until : (times.at(-1) ?? until) };
  } catch {
    // The next time is known all the same.
    return { times: first < until ? [first] : [], knownUntilMs: first };
  }
}

function byInterval(first: number, interval: number, until: number): number[] {
  const times: number[] = [];
  for (let at = first; at < until; at += Math.max(interval, LEAST_GAP_MS)) times.push(at);
  return times;
}

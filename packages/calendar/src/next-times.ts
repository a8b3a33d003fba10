import { type Calendar, invalidField, quote } from '@boomerang/domain';
import { readCalendar } from './cron-schedule.js';

type Schedule = ReturnType<typeof readCalendar>;

/** Many tasks share a calendar, and each is asked for at every occurrence. */
const known = new Map<string, Schedule>();
const MOST_KNOWN = 1_000;

/**
 * The next `count` times after `afterMs` by a calendar, ascending, in Unix ms. Fewer if there are no more within ten years,
 * which is as far ahead as a task can be due.
 *
 * @throws BoomerangError `invalid_request` about `cron` or `timeZone` when it can't be read.
 */
export function nextTimes(calendar: Calendar, afterMs: number, count: number): number[] {
  return scheduleOf(calendar).timesAfter(afterMs, count);
}

/** As `nextTimes`, of a calendar that somebody asks for: without any time at all it is refused, too. */
export function firstTimes(calendar: Calendar, afterMs: number, count: number): number[] {
  const times = nextTimes(calendar, afterMs, count);
  if (times.length > 0) return times;
  throw invalidField('cron', `${quote(calendar.cron)} has no time within ten years`, 'one that has');
}

function scheduleOf(calendar: Calendar): Schedule {
  const name = `${calendar.timeZone} ${calendar.cron}`;
  const found = known.get(name);
  if (found) return found;
  const schedule = readCalendar(calendar);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, schedule);
  return schedule;
}

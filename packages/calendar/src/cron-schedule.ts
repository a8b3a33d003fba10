import { type Calendar, invalidField, MAX_DELAY_MS, quote } from '@boomerang/domain';
import { Cron } from 'croner';
import { requireTimeZone } from './time-zone.js';

/** When a task recurs by the calendar of a time zone. */
interface CronSchedule {
  /**
   * The next `count` times after `afterMs`, ascending, all in Unix ms. Fewer if the schedule has no more within ten years,
   * which is as far ahead as a task can be due.
   */
  timesAfter(afterMs: number, count: number): number[];
}

/** Characters. Longer ones have no use that a shorter one hasn't. */
const MOST_CHARACTERS = 128;

const ALLOWED =
  'a cron expression of 5 fields (minute hour day-of-month month day-of-week) or 6 (second first), with * , - / L W #';

/**
 * Reads a calendar. Its cron expression has five fields, or six with seconds in front, or is `@hourly`, `@daily`,
 * `@weekly`, `@monthly` or `@yearly`. If day of month and day of week are both restricted, either is enough.
 *
 * Where clocks change: an expression whose seconds, minutes and hours have neither `*` nor `/` is for fixed times. One
 * that falls into a gap comes at the first instant after it, and one that exists twice comes the first time only. Any
 * other expression skips what doesn't exist, and comes both times.
 *
 * @throws BoomerangError `invalid_request` about `cron` or `timeZone` when it can't be read.
 */
export function readCalendar({ cron, timeZone }: Calendar): CronSchedule {
  requireTimeZone(timeZone);
  const expression = readExpression(cron, timeZone);
  return {
    timesAfter(afterMs, count) {
      const times = expression.nextRuns(count, new Date(afterMs)).map((time) => time.getTime());
      return times.filter((time) => time <= afterMs + MAX_DELAY_MS);
    },
  };
}

function readExpression(cron: string, timezone: string): Cron {
  if (cron.length > MOST_CHARACTERS) {
    throw invalidField('cron', `${cron.length} characters`, `at most ${MOST_CHARACTERS}`);
  }
  try {
    return new Cron(cron, { timezone, paused: true, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' });
  } catch (error) {
    const reason = (error as Error).message.replace(/^\w+: /, '');
    throw invalidField('cron', `${quote(cron)}: ${reason}`, ALLOWED);
  }
}

import { invalidField, MAX_DELAY_MS, quote } from '@boomerang/domain';
import { Cron } from 'croner';
import { requireTimeZone } from './time-zone.js';

/** When a task recurs by the calendar of a time zone. */
export interface CronSchedule {
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
 * Reads a cron expression: five fields, or six with seconds in front; or `@hourly`, `@daily`, `@weekly`, `@monthly` or
 * `@yearly`. If day of month and day of week are both restricted, either is enough.
 *
 * Where clocks change: an expression whose seconds, minutes and hours have neither `*` nor `/` is for fixed times. One
 * that falls into a gap comes at the first instant after it, and one that exists twice comes the first time only. Any
 * other expression skips what doesn't exist, and comes both times.
 *
 * @throws BoomerangError `invalid_request` about `cron` or `timeZone`: one that can't be read, or that has no time within
 *   ten years of `nowMs`.
 */
export function parseCron(cron: string, timeZone: string, nowMs: number): CronSchedule {
  requireTimeZone(timeZone);
  const schedule = createSchedule(readExpression(cron, timeZone));
  if (schedule.timesAfter(nowMs, 1).length === 0) {
    throw invalidField('cron', `${quote(cron)} has no time within ten years`, 'one that has');
  }
  return schedule;
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

function createSchedule(expression: Cron): CronSchedule {
  return {
    timesAfter(afterMs, count) {
      const times = expression.nextRuns(count, new Date(afterMs)).map((time) => time.getTime());
      return times.filter((time) => time <= afterMs + MAX_DELAY_MS);
    },
  };
}

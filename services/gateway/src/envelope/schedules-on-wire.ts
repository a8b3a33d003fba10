import type { Calendar } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import type { PreviewRequest } from '../operations/schedules/preview-schedule.js';

const DEFAULT_TIME_ZONE = 'UTC';

export function calendarFromWire(cron: string, timeZone: string): Calendar {
  return { cron, timeZone: timeZone || DEFAULT_TIME_ZONE };
}

export function previewFromWire(wire: boomerang.PreviewScheduleRequest.$Properties): PreviewRequest {
  const calendar = calendarFromWire(wire.cron ?? '', wire.timeZone ?? '');
  return { ...calendar, count: wire.count ?? 0, afterMs: wire.after ?? 0 };
}

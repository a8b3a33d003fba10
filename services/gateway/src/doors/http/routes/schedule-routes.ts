import { Type } from 'typebox';
import { calendarFromWire } from '../../../envelope/schedules-on-wire.js';
import { previewSchedule } from '../../../operations/schedules/preview-schedule.js';
import { closed, Time, TimeText } from '../json/basic-schemas.js';
import { limitFromJson } from '../json/limit-from-json.js';
import { requireSchema } from '../json/require-schema.js';
import { timeToJson } from '../json/task-to-json.js';
import { timeFromJson } from '../json/time-from-json.js';
import type { Route } from '../route.js';

const PreviewQuery = Type.Object(
  {
    cron: Type.String({ description: 'a cron expression of 5 or 6 fields, or a name such as @daily' }),
    timeZone: Type.Optional(Type.String({ description: 'the IANA name of a zone; default UTC' })),
    count: Type.Optional(Type.Integer({ description: 'a whole number from 1 to 1000; default 10' })),
    after: Type.Optional(TimeText),
  },
  closed,
);

const requireQuery = requireSchema(PreviewQuery, { convert: true });

const preview: Route = {
  method: 'GET',
  path: '/v1/schedule/preview',
  name: 'previewSchedule',
  summary: 'When a task would recur by a cron expression.',
  query: PreviewQuery,
  status: 200,
  answer: Type.Object({ times: Type.Array(Time) }),
  async handle({ perform }, { caller, query, address }) {
    const { cron, timeZone = '', count, after } = requireQuery(query);
    const request = {
      ...calendarFromWire(cron, timeZone),
      count: limitFromJson(count, 'count'),
      afterMs: timeFromJson('after', after),
    };
    const times = await perform(previewSchedule, () => caller, request, undefined, address);
    return { status: 200, body: { times: times.map(timeToJson) } };
  },
};

export const scheduleRoutes: readonly Route[] = [preview];

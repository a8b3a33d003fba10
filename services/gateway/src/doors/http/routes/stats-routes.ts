import { forecast } from '../../../operations/stats/forecast.js';
import { readStats } from '../../../operations/stats/read-stats.js';
import { durationFromJson } from '../json/duration.js';
import { requireSchema } from '../json/require-schema.js';
import { ForecastJson, ForecastQuery, StatsJson, StatsQuery } from '../json/stats-schemas.js';
import { statsToJson } from '../json/stats-to-json.js';
import { timeToJson } from '../json/task-to-json.js';
import { timeFromJson } from '../json/time-from-json.js';
import type { Route } from '../route.js';

const requireStats = requireSchema(StatsQuery, { convert: true });
const requireForecast = requireSchema(ForecastQuery, { convert: true });

const stats: Route = {
  method: 'GET',
  path: '/v1/stats',
  name: 'readStats',
  summary: 'What happened in the last seconds and how it stands: of your client; for an admin, of all.',
  query: StatsQuery,
  status: 200,
  answer: StatsJson,
  async handle({ perform }, { caller, query, address }) {
    const { client = '', seconds = 60, step = 1 } = requireStats(query);
    const request = { client, seconds, step };
    return {
      status: 200,
      body: statsToJson(await perform(readStats, () => caller, request, undefined, address)),
    };
  },
};

const howMuchFallsDue: Route = {
  method: 'GET',
  path: '/v1/forecast',
  name: 'forecast',
  summary: 'How much falls due in each slot of time; of a recurring task the next occurrence only.',
  query: ForecastQuery,
  status: 200,
  answer: ForecastJson,
  async handle({ perform }, { caller, query, address }) {
    const { client = '', from, slot = '1s', slots = 60 } = requireForecast(query);
    const request = {
      client,
      fromMs: timeFromJson('fromMs', from),
      slotMs: durationFromJson('slotMs', /^\d+$/.test(slot) ? Number(slot) : slot),
      slots,
    };
    const answer = await perform(forecast, () => caller, request, undefined, address);
    const body = {
      client: answer.clientId ?? null,
      from: timeToJson(answer.fromMs),
      slot: answer.slotMs,
      before: answer.before,
      slots: answer.slots,
      after: answer.after,
      recurring: 'next occurrence only',
    };
    return { status: 200, body };
  },
};

export const statsRoutes: readonly Route[] = [stats, howMuchFallsDue];

import { type Activity, latenessAt } from '@boomerang/domain';
import type { Static } from 'typebox';
import type { StatsAnswer } from '../../../operations/stats/read-stats.js';
import type { StatsJson } from './stats-schemas.js';
import { timeToJson } from './task-to-json.js';

export function statsToJson(stats: StatsAnswer): Static<typeof StatsJson> {
  const { clientId, waiting, processes, clients } = stats;
  return {
    client: clientId ?? null,
    now: timeToJson(stats.nowMs),
    step: stats.stepMs / 1_000,
    series: stats.series.map(({ atMs, reports, ...activity }) => ({
      at: timeToJson(atMs),
      reports,
      ...activityToJson(activity),
    })),
    total: activityToJson(stats.total),
    incomplete: stats.incomplete,
    ...(waiting && { waiting }),
    heldEndpoints: stats.heldEndpoints.map(({ clientId, endpoint }) => ({ client: clientId, endpoint })),
    ...(clientId === undefined && {
      processes: processes.map(({ service, instance, version, startedAtMs, atMs, gauges }) => ({
        service,
        instance,
        version,
        startedAt: timeToJson(startedAtMs),
        lastSeenAt: timeToJson(atMs),
        gauges,
      })),
      clients: [...clients].map(([client, activity]) => ({ client, ...activityToJson(activity) })),
    }),
  };
}

function activityToJson({ counts, lateness }: Activity) {
  const at = (share: number) => {
    const ms = latenessAt(lateness, share);
    return ms === undefined ? null : Math.round(ms * 10) / 10;
  };
  return { ...counts, lateness: { p50: at(0.5), p99: at(0.99), p999: at(0.999) } };
}

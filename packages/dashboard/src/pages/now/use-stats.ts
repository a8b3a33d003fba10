import { useEffect, useState } from 'preact/hooks';
import { type ApiError, queryOf, request } from '../../api/request.js';
import type { Second, Stats } from '../../api/types.js';

/** What the charts show, s. */
export const SHOWN_S = 300;
const EVERY_MS = 1_000;
/** Seconds that are asked for once more: a process may have told of them a little late. */
const AGAIN_S = 3;

export interface LiveStats {
  /** The latest answer, with the seconds of earlier ones in front of its own. */
  readonly stats: Stats | undefined;
  readonly error: ApiError | undefined;
}

/**
 * What happens, second by second. After the gateway was away, the seconds that are missing are asked for; those of which
 * nothing was written stay a gap.
 */
export function useStats(client: string | undefined): LiveStats {
  const [live, setLive] = useState<LiveStats>({ stats: undefined, error: undefined });
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let known: readonly Second[] = [];
    const once = async () => {
      clearTimeout(timer);
      try {
        const stats = await request<Stats>('GET', `/v1/stats${queryOf({ client, seconds: missing(known) })}`);
        known = join(known, stats.series);
        if (!ended) setLive({ stats: { ...stats, series: known }, error: undefined });
      } catch (error) {
        if (!ended) setLive((last) => ({ ...last, error: error as ApiError }));
      }
      if (!ended && !document.hidden) timer = setTimeout(once, EVERY_MS);
    };
    const onVisible = () => {
      if (!document.hidden) void once();
    };
    document.addEventListener('visibilitychange', onVisible);
    void once();
    return () => {
      ended = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [client]);
  return live;
}

function missing(known: readonly Second[]): number {
  const last = known.at(-1);
  if (!last) return SHOWN_S;
  const ago = Math.ceil((Date.now() - Date.parse(last.at)) / 1_000);
  return Math.min(SHOWN_S, Math.max(1, ago) + AGAIN_S);
}

function join(known: readonly Second[], latest: readonly Second[]): readonly Second[] {
  const [first] = latest;
  if (!first) return known;
  return [...known.filter(({ at }) => at < first.at), ...latest].slice(-SHOWN_S);
}

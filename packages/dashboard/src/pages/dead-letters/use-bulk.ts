import { useRef, useState } from 'preact/hooks';
import { type ApiError, request } from '../../api/request.js';

/** Few enough that one can stop in between. */
const STEP = 50;

export interface Bulk {
  readonly what: string;
  readonly done: number;
  readonly refused: number;
  readonly of: number;
  readonly ended: boolean;
  readonly error?: ApiError;
}

interface Answer {
  readonly refused: readonly unknown[];
}

/** Replays or purges dead letters step by step, until all are done or it is stopped. */
export function useBulk(onStep: () => void) {
  const [bulk, setBulk] = useState<Bulk>();
  const stopped = useRef(false);

  async function run(what: string, path: string, ids: readonly string[]): Promise<void> {
    stopped.current = false;
    let state: Bulk = { what, done: 0, refused: 0, of: ids.length, ended: false };
    setBulk(state);
    try {
      for (let at = 0; at < ids.length && !stopped.current; at += STEP) {
        const part = ids.slice(at, at + STEP);
        const { refused } = await request<Answer>('POST', path, { ids: part });
        state = {
          ...state,
          done: state.done + part.length - refused.length,
          refused: state.refused + refused.length,
        };
        setBulk(state);
      }
      setBulk({ ...state, ended: true });
    } catch (error) {
      setBulk({ ...state, ended: true, error: error as ApiError });
    }
    onStep();
  }

  return {
    bulk,
    replay: (ids: readonly string[]) => run('replayed', '/v1/dead-letters/replay', ids),
    purge: (ids: readonly string[]) => run('purged', '/v1/dead-letters/purge', ids),
    stop: () => {
      stopped.current = true;
    },
    forget: () => setBulk(undefined),
  };
}

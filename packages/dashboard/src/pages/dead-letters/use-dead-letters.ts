import { useEffect, useState } from 'preact/hooks';
import { type ApiError, queryOf, request } from '../../api/request.js';
import type { DeadLetter, DeadLetterPage } from '../../api/types.js';

const PAGE = 500;
/** More than these are not grouped: the page says so. */
export const MOST_SHOWN = 5_000;
const EVERY_MS = 5_000;

export interface KnownDeadLetters {
  readonly letters: readonly DeadLetter[] | undefined;
  /** Whether there are more than are known. */
  readonly more: boolean;
  readonly error: ApiError | undefined;
  readonly refresh: () => void;
}

/** A client's dead letters without their payloads, the oldest first, looked at anew every few seconds. */
export function useDeadLetters(errorClass: string): KnownDeadLetters {
  const [state, setState] = useState<Omit<KnownDeadLetters, 'refresh'>>({
    letters: undefined,
    more: false,
    error: undefined,
  });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const once = async () => {
      try {
        const read = await readAll(errorClass);
        if (!ended) setState({ ...read, error: undefined });
      } catch (error) {
        if (!ended) setState((last) => ({ ...last, error: error as ApiError }));
      }
      if (!ended) timer = setTimeout(once, EVERY_MS);
    };
    void once();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [errorClass, asked]);
  return { ...state, refresh: () => setAsked((times) => times + 1) };
}

async function readAll(errorClass: string) {
  const letters: DeadLetter[] = [];
  let cursor: string | null = '';
  while (cursor !== null && letters.length < MOST_SHOWN) {
    const query: string = queryOf({ errorClass, limit: PAGE, cursor });
    const page: DeadLetterPage = await request('GET', `/v1/dead-letters${query}`);
    letters.push(...page.deadLetters);
    cursor = page.nextCursor;
  }
  return { letters, more: cursor !== null };
}

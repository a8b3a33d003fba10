import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Where the page is served. */
const BASE = '/dashboard';

export interface Place {
  /** Below the base: `/tasks`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

function placeNow(): Place {
  const path = location.pathname.slice(BASE.length).replace(/\/$/, '');
  return { path: path === '' ? '/' : path, query: new URLSearchParams(location.search) };
}

const MOVED = 'boomerang:moved';

/** @param to below the base, with its query. */
export function go(to: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', BASE + to);
  dispatchEvent(new Event(MOVED));
  if (!replace) scrollTo(0, 0);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const moved = () => setPlace(placeNow());
    addEventListener('popstate', moved);
    addEventListener(MOVED, moved);
    return () => {
      removeEventListener('popstate', moved);
      removeEventListener(MOVED, moved);
    };
  }, []);
  return place;
}

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly title?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A link within the page; with a modifier key it opens as any other. */
export function Link({ to, current = false, children, ...rest }: LinkProps) {
  return (
    <a
      href={BASE + to}
      {...rest}
      {...(current && { 'aria-current': 'page' as const })}
      onClick={(event: MouseEvent) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </a>
  );
}

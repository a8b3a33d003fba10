import { useEffect } from 'preact/hooks';

/** What keys do on every page, for people. */
export const KEYS: readonly [keys: string, what: string][] = [
  ['g n', 'Now'],
  ['g t', 'Tasks'],
  ['g d', 'Dead letters'],
  ['g s', 'Schedules'],
  ['j  k', 'next, previous row'],
  ['Enter', 'open the row'],
  ['/', 'first filter'],
  ['Ctrl K', 'command palette'],
  ['?', 'these keys'],
  ['Esc', 'close'],
];

/** Milliseconds within which the second key of two has to come. */
const PAIR_MS = 1_000;

/** Calls what belongs to the keys, unless somebody is typing. Two keys in a row are named `g t`. */
export function useShortcuts(actions: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    let first = { key: '', at: 0 };
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        actions['Ctrl K']?.();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const pair = event.timeStamp - first.at < PAIR_MS ? `${first.key} ${event.key}` : '';
      const action = actions[pair] ?? actions[event.key];
      first = { key: event.key, at: event.timeStamp };
      if (!action) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [actions]);
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return (
    /^(INPUT|TEXTAREA|SELECT)$/.test(element?.tagName ?? '') ||
    document.querySelector('dialog[open]') !== null
  );
}

/** Moves the focus among the rows of the page's table. */
export function moveRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.indexOf(document.activeElement?.closest<HTMLElement>('[data-row]') as HTMLElement);
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

import { useMemo, useState } from 'preact/hooks';
import { signOut } from './api/session.js';
import type { Identity } from './api/types.js';
import { DeadLettersPage } from './pages/dead-letters/dead-letters-page.js';
import { NowPage } from './pages/now/now-page.js';
import { SchedulesPage } from './pages/schedules/schedules-page.js';
import { TaskPage } from './pages/tasks/task-page.js';
import { TasksPage } from './pages/tasks/tasks-page.js';
import { type Command, Keys, Palette } from './ui/palette.js';
import { go, Link, type Place, usePlace } from './ui/router.js';
import { moveRow, useShortcuts } from './ui/shortcuts.js';
import { Empty } from './ui/states.js';

interface PageEntry {
  readonly path: string;
  readonly name: string;
  /** The key that goes there, behind `g`. */
  readonly key: string;
  /** An outline of 24 by 24. */
  readonly icon: string;
}

const PAGES: readonly PageEntry[] = [
  { path: '/', name: 'Now', key: 'n', icon: 'M3 12h4l3 8 4-16 3 8h4' },
  { path: '/tasks', name: 'Tasks', key: 't', icon: 'M4 6h16M4 12h16M4 18h10' },
  { path: '/dead-letters', name: 'Dead letters', key: 'd', icon: 'M3 6h18v12H3zM3 6l9 7 9-7' },
  { path: '/schedules', name: 'Schedules', key: 's', icon: 'M4 5h16v15H4zM4 10h16M9 3v4M15 3v4' },
];

interface ShellProps {
  readonly who: Identity;
  readonly onSignedOut: () => void;
}

/** What stands around every page: where one can go, who is signed in, and the keys. */
export function Shell({ who, onSignedOut }: ShellProps) {
  const place = usePlace();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const admin = who.permissions.includes('admin');
  const [own, setOwn] = useState(false);
  // What is open by then may be another one already: the browser tells of a close a moment later.
  const close = (one: typeof open) => () => setOpen((now) => (now === one ? undefined : now));
  const leave = () => signOut().then(onSignedOut, onSignedOut);
  const commands = useMemo<readonly Command[]>(
    () => [
      ...PAGES.map(({ name, path, key }) => ({ name, hint: `g ${key}`, run: () => go(path) })),
      { name: 'Light or dark', run: switchTheme },
      { name: 'Keys', hint: '?', run: () => setOpen('keys') },
      { name: 'Sign out', run: leave },
    ],
    [],
  );
  useShortcuts(
    useMemo(
      () => ({
        ...Object.fromEntries(PAGES.map(({ key, path }) => [`g ${key}`, () => go(path)])),
        j: () => moveRow(1),
        k: () => moveRow(-1),
        '/': () => document.querySelector<HTMLElement>('[data-first-filter]')?.focus(),
        'Ctrl K': () => setOpen('palette'),
        '?': () => setOpen('keys'),
      }),
      [],
    ),
  );
  return (
    <div class="shell">
      <a class="skip" href="#main">
        To the content
      </a>
      <nav aria-label="Pages">
        <p class="brand">
          <img src="/dashboard/icon.svg" width="28" height="28" alt="" />
          <span>Boomerang</span>
        </p>
        <ul>
          {PAGES.map((page) => (
            <li key={page.path}>
              <Link to={page.path} current={isAt(place, page)}>
                <svg viewBox="0 0 24 24" aria-hidden="true">
                  <path d={page.icon} />
                </svg>
                <span>{page.name}</span>
              </Link>
            </li>
          ))}
        </ul>
        <button type="button" class="quiet jump" onClick={() => setOpen('palette')}>
          <span>Go to …</span> <kbd>Ctrl K</kbd>
        </button>
      </nav>
      <div class="body">
        <header class="top">
          {admin && place.path === '/' ? (
            <fieldset class="segments">
              <legend class="unseen">Whose figures</legend>
              <button type="button" aria-pressed={!own} onClick={() => setOwn(false)}>
                All clients
              </button>
              <button type="button" aria-pressed={own} onClick={() => setOwn(true)}>
                {who.client}
              </button>
            </fieldset>
          ) : (
            <span class="who">
              <span class="muted">Client</span> {who.client}
            </span>
          )}
          <span class="end">
            <button
              type="button"
              class="quiet"
              aria-label="Light or dark"
              title="Light or dark"
              onClick={switchTheme}
            >
              ◐
            </button>
            <button
              type="button"
              class="quiet"
              aria-label="Keys"
              title="Keys"
              onClick={() => setOpen('keys')}
            >
              ?
            </button>
            <button type="button" class="quiet" onClick={leave}>
              Sign out
            </button>
          </span>
        </header>
        <main id="main" tabIndex={-1}>
          <Page place={place} who={who} client={own ? who.client : undefined} />
        </main>
        <footer class="muted">Boomerang {who.version}</footer>
      </div>
      {open === 'palette' && (
        <Palette commands={commands} openTask={(id) => go(`/tasks/${id}`)} onClose={close('palette')} />
      )}
      {open === 'keys' && <Keys onClose={close('keys')} />}
    </div>
  );
}

function isAt({ path }: Place, page: PageEntry): boolean {
  return page.path === '/' ? path === '/' : path === page.path || path.startsWith(`${page.path}/`);
}

interface PageProps {
  readonly place: Place;
  readonly who: Identity;
  readonly client: string | undefined;
}

function Page({ place: { path }, who, client }: PageProps) {
  if (path === '/') return <NowPage client={client} />;
  if (path === '/tasks') return <TasksPage />;
  const [, id] = /^\/tasks\/([^/]+)$/.exec(path) ?? [];
  if (id !== undefined) return <TaskPage key={id} id={decodeURIComponent(id)} who={who} />;
  if (path === '/dead-letters') return <DeadLettersPage who={who} />;
  if (path === '/schedules') return <SchedulesPage />;
  return <Empty title="There is no such page">Choose one on the left, or press g and a letter.</Empty>;
}

/** Light and dark in turn; what the system says holds until then. */
function switchTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
}

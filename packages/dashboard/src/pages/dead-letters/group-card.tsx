import { useState } from 'preact/hooks';
import type { DeadLetter } from '../../api/types.js';
import { count, dateTime, fromNow, words } from '../../ui/format.js';
import { Scroll } from '../../ui/scroll.js';
import type { Group } from './groups.js';
import { Letter } from './letter.js';

interface GroupCardProps {
  readonly group: Group;
  readonly manages: boolean;
  readonly busy: boolean;
  readonly onReplay: (ids: readonly string[]) => void;
  readonly onPurge: (ids: readonly string[]) => void;
  /** Many are only touched after a question. */
  readonly onAsk: (kind: 'replay' | 'purge') => void;
}

/** Rows that are shown of a group at first. */
const FEW = 5;
const MANY = 200;

export function GroupCard({ group, manages, busy, onReplay, onPurge, onAsk }: GroupCardProps) {
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<string>();
  const { letters, errorClass, endpoint } = group;
  const first = letters[0] as DeadLetter;
  const rows = letters.slice(0, open ? MANY : FEW);
  return (
    <section class="card group" aria-label={`${words(errorClass)} at ${endpoint}`}>
      <header>
        <h2>
          <span class="state bad">{words(errorClass)}</span> <code>{endpoint}</code>
        </h2>
        <span class="muted">
          <b>{count(letters.length)}</b>, the oldest {fromNow(Date.parse(first.deadLetteredAt))}
        </span>
      </header>
      <Scroll label={`Dead letters: ${words(errorClass)} at ${endpoint}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Since</th>
              <th scope="col">Task</th>
              <th scope="col" class="number">
                Attempts
              </th>
              <th scope="col">Last failure</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((letter) => (
              <Row key={letter.id} letter={letter} onOpen={() => setShown(letter.id)} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <div class="buttons">
        {letters.length > FEW && (
          <button type="button" class="quiet" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Fewer' : `Show ${count(Math.min(letters.length, MANY))}`}
          </button>
        )}
        {manages && (
          <span class="buttons-right">
            <button type="button" disabled={busy} onClick={() => onReplay([first.id])}>
              Replay one
            </button>
            <button type="button" disabled={busy} onClick={() => onAsk('replay')}>
              Replay all {count(letters.length)}
            </button>
            <button type="button" class="danger" disabled={busy} onClick={() => onAsk('purge')}>
              Purge
            </button>
          </span>
        )}
      </div>
      {shown !== undefined && (
        <Letter
          id={shown}
          manages={manages}
          onReplay={() => onReplay([shown])}
          onPurge={() => onPurge([shown])}
          onClose={() => setShown(undefined)}
        />
      )}
    </section>
  );
}

function Row({ letter, onOpen }: { readonly letter: DeadLetter; readonly onOpen: () => void }) {
  const since = Date.parse(letter.deadLetteredAt);
  return (
    <tr
      data-row
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && event.target === event.currentTarget) onOpen();
      }}
    >
      <td>
        <time dateTime={letter.deadLetteredAt} title={dateTime(since)}>
          {fromNow(since)}
        </time>
      </td>
      <td>
        <button type="button" class="link" onClick={onOpen}>
          <code>{letter.taskId}</code>
        </button>
      </td>
      <td class="number">{letter.attempts}</td>
      <td class="preview">{letter.history.at(-1)?.error}</td>
    </tr>
  );
}

import { useMemo, useState } from 'preact/hooks';
import { queryOf } from '../../api/request.js';
import type { Identity } from '../../api/types.js';
import { Confirm } from '../../ui/dialog.js';
import { count, words } from '../../ui/format.js';
import { go, usePlace } from '../../ui/router.js';
import { Empty, Failed, Loading } from '../../ui/states.js';
import { BulkBar } from './bulk-bar.js';
import { GroupCard } from './group-card.js';
import { type Group, groupsOf } from './groups.js';
import { useBulk } from './use-bulk.js';
import { MOST_SHOWN, useDeadLetters } from './use-dead-letters.js';

type Asked = { readonly kind: 'replay' | 'purge'; readonly group: Group };

/** What could not be delivered, grouped by why and where; it can be tried again, one or many, or thrown away. */
export function DeadLettersPage({ who }: { readonly who: Identity }) {
  const { query } = usePlace();
  const errorClass = query.get('errorClass') ?? '';
  const { letters, more, error, refresh } = useDeadLetters(errorClass);
  const groups = useMemo(() => groupsOf(letters ?? []), [letters]);
  const { bulk, replay, purge, stop, forget } = useBulk(refresh);
  const [asked, setAsked] = useState<Asked>();
  const manages = who.permissions.includes('manage');
  const confirmed = ({ kind, group }: Asked) => {
    setAsked(undefined);
    const ids = group.letters.map(({ id }) => id);
    void (kind === 'replay' ? replay(ids) : purge(ids));
  };
  return (
    <>
      <div class="page-head">
        <h1>Dead letters</h1>
        <p class="muted">what was tried as often as it may be, by why it failed and where</p>
      </div>
      <ClassFilter value={errorClass} classes={groups.map((group) => group.errorClass)} />
      {bulk && <BulkBar bulk={bulk} onStop={stop} onForget={forget} />}
      {error && <Failed error={error} retry={refresh} />}
      {!letters && !error && <Loading rows={5} />}
      {letters?.length === 0 && (
        <Empty title="No dead letters">Whatever fell due was delivered, or is still being tried.</Empty>
      )}
      {more && <p class="note">The oldest {count(MOST_SHOWN)} are shown; there are more.</p>}
      {groups.map((group) => (
        <GroupCard
          key={group.name}
          group={group}
          manages={manages}
          busy={bulk !== undefined && !bulk.ended}
          onReplay={(ids) => void replay(ids)}
          onPurge={(ids) => void purge(ids)}
          onAsk={(kind) => setAsked({ kind, group })}
        />
      ))}
      {asked && <Ask asked={asked} onConfirm={() => confirmed(asked)} onClose={() => setAsked(undefined)} />}
    </>
  );
}

interface AskProps {
  readonly asked: Asked;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

function Ask({ asked: { kind, group }, onConfirm, onClose }: AskProps) {
  const many = count(group.letters.length);
  const purges = kind === 'purge';
  return (
    <Confirm
      title={purges ? `Purge ${many} for good?` : `Replay ${many}?`}
      action={purges ? `Purge ${many}` : `Replay ${many}`}
      danger={purges}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <p>
        {purges
          ? 'They are removed with their payloads. Nothing brings them back.'
          : `Each becomes a task again and is tried at once at ${group.endpoint}. Replay one first to see whether it is answered now.`}
      </p>
    </Confirm>
  );
}

function ClassFilter({ value, classes }: { readonly value: string; readonly classes: readonly string[] }) {
  const known = [...new Set([...classes, ...(value === '' ? [] : [value])])].sort();
  return (
    <form class="filters" onSubmit={(event) => event.preventDefault()} aria-label="Filters">
      <label>
        Failed by
        <select
          data-first-filter
          value={value}
          onChange={(event) =>
            go(`/dead-letters${queryOf({ errorClass: event.currentTarget.value })}`, { replace: true })
          }
        >
          <option value="">anything</option>
          {known.map((one) => (
            <option key={one} value={one}>
              {words(one)}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}

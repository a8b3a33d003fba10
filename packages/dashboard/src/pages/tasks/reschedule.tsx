import { useState } from 'preact/hooks';
import type { ApiError } from '../../api/request.js';
import type { Task } from '../../api/types.js';
import { Dialog } from '../../ui/dialog.js';
import { Failed } from '../../ui/states.js';

const DELAYS: readonly string[] = ['1m', '15m', '1h', '1d'];

interface RescheduleProps {
  readonly task: Task;
  readonly busy: boolean;
  readonly error: ApiError | undefined;
  readonly onConfirm: (change: { readonly delay: string } | { readonly at: string }) => void;
  readonly onClose: () => void;
}

/** Asks for another time of the next occurrence. */
export function Reschedule({ task, busy, error, onConfirm, onClose }: RescheduleProps) {
  const [at, setAt] = useState('');
  const recurs = (task.repeatInterval ?? task.cron) !== undefined;
  return (
    <Dialog label="Reschedule" onClose={onClose}>
      <h2>When is it due?</h2>
      <div class="dialog-body">
        {recurs && <p class="muted">This moves the next occurrence. The schedule stays as it is.</p>}
        <fieldset class="buttons">
          <legend class="unseen">From now</legend>
          {DELAYS.map((delay) => (
            <button key={delay} type="button" disabled={busy} onClick={() => onConfirm({ delay })}>
              in {delay}
            </button>
          ))}
        </fieldset>
        <label class="field">
          or at
          <input
            type="datetime-local"
            step={1}
            value={at}
            onInput={(event) => setAt(event.currentTarget.value)}
          />
        </label>
        {error && <Failed error={error} />}
      </div>
      <div class="buttons end">
        <button type="button" onClick={onClose}>
          Keep
        </button>
        <button
          type="button"
          class="primary"
          disabled={busy || at === ''}
          onClick={() => onConfirm({ at: new Date(at).toISOString() })}
        >
          Reschedule
        </button>
      </div>
    </Dialog>
  );
}

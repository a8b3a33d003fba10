import { useState } from 'preact/hooks';
import { type ApiError, request } from '../../api/request.js';
import type { Task } from '../../api/types.js';
import { Confirm } from '../../ui/dialog.js';
import { Failed } from '../../ui/states.js';
import { Reschedule } from './reschedule.js';

type Asked = 'cancel' | 'reschedule' | 'fire' | 'pause' | 'resume';

interface TaskActionsProps {
  readonly task: Task;
  /** Something was changed. */
  readonly onDone: () => void;
}

/** What can be done with a task that has not ended. */
export function TaskActions({ task, onDone }: TaskActionsProps) {
  const [asked, setAsked] = useState<Asked>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const path = `/v1/tasks/${task.id}`;
  const act = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
      setAsked(undefined);
      onDone();
    } catch (failure) {
      setError(failure as ApiError);
    }
    setBusy(false);
  };
  const ask = (what: Asked) => {
    setError(undefined);
    setAsked(what);
  };
  const paused = task.waitingFor?.reason === 'paused';
  const close = () => setAsked(undefined);
  return (
    <div class="actions">
      <button type="button" onClick={() => ask('fire')}>
        Fire now
      </button>
      <button type="button" onClick={() => ask('reschedule')}>
        Reschedule
      </button>
      <button type="button" onClick={() => ask(paused ? 'resume' : 'pause')}>
        {paused ? 'Resume' : 'Pause'}
      </button>
      <button type="button" class="danger" onClick={() => ask('cancel')}>
        Cancel task
      </button>
      {asked === 'reschedule' && (
        <Reschedule
          task={task}
          busy={busy}
          error={error}
          onConfirm={(change) => void act(() => request('PATCH', path, change))}
          onClose={close}
        />
      )}
      {asked && asked !== 'reschedule' && (
        <Confirm
          {...QUESTIONS[asked]}
          busy={busy}
          onConfirm={() =>
            void act(() =>
              asked === 'cancel' ? request('DELETE', path) : request('POST', `${path}/${asked}`),
            )
          }
          onClose={close}
        >
          <p>{QUESTIONS[asked].what}</p>
          {error && <Failed error={error} />}
        </Confirm>
      )}
    </div>
  );
}

interface Question {
  readonly title: string;
  readonly action: string;
  readonly what: string;
  readonly danger?: boolean;
}

const QUESTIONS: Readonly<Record<Exclude<Asked, 'reschedule'>, Question>> = {
  cancel: {
    title: 'Cancel this task?',
    action: 'Cancel task',
    what: 'No attempt begins after that, and it can’t be undone. An attempt that is under way goes on to its end.',
    danger: true,
  },
  fire: {
    title: 'Fire it now?',
    action: 'Fire now',
    what: 'It goes out at once. A recurring task gets an occurrence more, and its schedule stays as it is.',
  },
  pause: {
    title: 'Pause this task?',
    action: 'Pause',
    what: 'No attempt begins until it is resumed. An attempt that is under way goes on to its end.',
  },
  resume: {
    title: 'Resume this task?',
    action: 'Resume',
    what: 'It goes on at its next due time. What a recurring task missed meanwhile is left out.',
  },
};

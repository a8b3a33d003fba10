import type { DeadLetter } from '../../api/types.js';
import { usePoll } from '../../api/use-poll.js';
import { Dialog } from '../../ui/dialog.js';
import { dateTime, duration } from '../../ui/format.js';
import { Failed, Loading } from '../../ui/states.js';
import { Payload } from '../tasks/payload.js';
import { State } from '../tasks/state.js';

interface LetterProps {
  readonly id: string;
  readonly manages: boolean;
  readonly onReplay: () => void;
  readonly onPurge: () => void;
  readonly onClose: () => void;
}

/** One dead letter: what was tried, and what it holds. */
export function Letter({ id, manages, onReplay, onPurge, onClose }: LetterProps) {
  const { data: letter, error } = usePoll<DeadLetter>(`/v1/dead-letters/${encodeURIComponent(id)}`, 0);
  const act = (work: () => void) => {
    onClose();
    work();
  };
  return (
    <Dialog label="Dead letter" class="wide-dialog" onClose={onClose}>
      <h2>Dead letter</h2>
      {error && <Failed error={error} />}
      {!letter && !error && <Loading />}
      {letter && <Details letter={letter} />}
      <div class="buttons end">
        <button type="button" onClick={onClose}>
          Close
        </button>
        {manages && letter && (
          <>
            <button type="button" class="danger" onClick={() => act(onPurge)}>
              Purge
            </button>
            <button type="button" class="primary" onClick={() => act(onReplay)}>
              Replay
            </button>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Details({ letter }: { readonly letter: DeadLetter }) {
  return (
    <>
      <p class="muted">
        Task <code>{letter.taskId}</code>, due {dateTime(Date.parse(letter.dueAt))}
      </p>
      <ol class="story spaced">
        {letter.history.map((attempt) => (
          <li key={`${attempt.attempt} ${attempt.at}`} class="step warning">
            <p class="step-head">
              <b>Attempt {attempt.attempt}</b>
              <time dateTime={attempt.at}>{dateTime(Date.parse(attempt.at))}</time>
            </p>
            <p>
              <State state={attempt.outcome} />{' '}
              <span class="muted">after {duration(attempt.durationMs)}</span>
            </p>
            {attempt.error !== '' && <p class="answer">{attempt.error}</p>}
          </li>
        ))}
      </ol>
      <Payload text={letter.text} base64={letter.base64} />
    </>
  );
}

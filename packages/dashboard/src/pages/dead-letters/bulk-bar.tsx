import { count } from '../../ui/format.js';
import type { Bulk } from './use-bulk.js';

interface BulkBarProps {
  readonly bulk: Bulk;
  readonly onStop: () => void;
  readonly onForget: () => void;
}

/** How far it has come. */
export function BulkBar({ bulk, onStop, onForget }: BulkBarProps) {
  const { what, done, refused, of, ended, error } = bulk;
  return (
    <div class={`bulk card${error ? ' bad' : ''}`} role="status">
      <progress max={of} value={done + refused} aria-label={`${what}: ${done} of ${of}`} />
      <span>
        {count(done)} of {count(of)} {what}
        {refused > 0 && `, ${count(refused)} refused or gone`}
        {error && `; then: ${error.message}`}
      </span>
      <button type="button" onClick={ended ? onForget : onStop}>
        {ended ? 'Close' : 'Stop'}
      </button>
    </div>
  );
}

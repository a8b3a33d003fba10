import type { ApiError } from '../../api/request.js';
import type { Stats } from '../../api/types.js';
import { Link } from '../../ui/router.js';
import type { Problem } from './problems.js';

interface VerdictProps {
  readonly stats: Stats;
  readonly problems: readonly Problem[];
  readonly error: ApiError | undefined;
}

/** Whether all is well, at one look. */
export function Verdict({ stats, problems, error }: VerdictProps) {
  const silent = stats.series.slice(-10).every(({ reports }) => reports === 0);
  if (error || silent) {
    return (
      <div class="verdict unknown" role="status">
        <p class="verdict-line">{error ? 'The gateway does not answer' : 'No process tells anything'}</p>
        <p>What is shown was known a moment ago. It goes on by itself.</p>
      </div>
    );
  }
  const level = problems[0]?.level ?? 'good';
  return (
    <div class={`verdict ${level}`} role="status">
      <p class="verdict-line">{problems.length === 0 ? 'All is well' : lineOf(problems.length)}</p>
      {problems.length > 0 && (
        <ul class="plain">
          {problems.map(({ text, to }) => (
            <li key={text}>{to ? <Link to={to}>{text}</Link> : text}</li>
          ))}
        </ul>
      )}
      {problems.length === 0 && <p>Everything due goes out, on time.</p>}
    </div>
  );
}

function lineOf(problems: number): string {
  return problems === 1 ? 'One thing needs attention' : `${problems} things need attention`;
}

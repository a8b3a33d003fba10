import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/request.js';

export function Loading({ rows = 3 }: { readonly rows?: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading</span>
      {Array.from({ length: rows }, (_, i) => (
        <i key={i} />
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
}

export function Empty({ title, children }: EmptyProps) {
  return (
    <div class="empty">
      <svg viewBox="0 0 32 32" width="40" height="40" aria-hidden="true">
        <path d="M8 22c0-8 6-14 15-14 2 0 3 3 1 4-6 1-9 4-10 10-1 3-6 3-6 0z" fill="currentColor" />
      </svg>
      <p class="empty-title">{title}</p>
      {children && <p>{children}</p>}
    </div>
  );
}

interface FailedProps {
  readonly error: ApiError;
  readonly retry?: () => void;
}

export function Failed({ error, retry }: FailedProps) {
  return (
    <div class="failed" role="alert">
      <p>
        <strong>{TITLES[error.code] ?? 'That did not work.'}</strong> {error.message}
      </p>
      {retry && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  unreachable: 'No answer.',
  forbidden: 'Your key may not do that.',
  not_found: 'Not found.',
  unavailable: 'The store is not available.',
};

import { useState } from 'preact/hooks';
import type { ApiError } from '../api/request.js';
import { signIn } from '../api/session.js';
import type { Identity } from '../api/types.js';

export function SignIn({ onSignedIn }: { readonly onSignedIn: (who: Identity) => void }) {
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const submitted = async (event: SubmitEvent) => {
    event.preventDefault();
    const key = new FormData(event.currentTarget as HTMLFormElement).get('key');
    setBusy(true);
    setError(undefined);
    try {
      onSignedIn(await signIn(String(key).trim()));
    } catch (failure) {
      setError(failure as ApiError);
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={submitted}>
        <img src="/dashboard/icon.svg" width="44" height="44" alt="" />
        <h1>Boomerang</h1>
        <p class="muted">Sign in with a key of your client.</p>
        <label>
          Key
          <input
            name="key"
            type="password"
            autocomplete="current-password"
            spellcheck={false}
            required
            aria-invalid={error !== undefined}
            aria-describedby={error && 'sign-in-error'}
          />
        </label>
        {error && (
          <p id="sign-in-error" class="error" role="alert">
            {error.status === 401 ? 'This key is unknown, wrong or revoked.' : error.message}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
    </main>
  );
}

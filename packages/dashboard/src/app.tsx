import { useEffect, useState } from 'preact/hooks';
import { type ApiError, whenSignedOut } from './api/request.js';
import { whoIsSignedIn } from './api/session.js';
import type { Identity } from './api/types.js';
import { SignIn } from './pages/sign-in.js';
import { Shell } from './shell.js';
import { Failed, Loading } from './ui/states.js';

/** `undefined`: not known yet; null: nobody. */
type Who = Identity | null | undefined;

const AGAIN_MS = 2_000;

export function App() {
  const [who, setWho] = useState<Who>();
  const [error, setError] = useState<ApiError>();
  const look = () => {
    whoIsSignedIn().then(
      (identity) => {
        setError(undefined);
        setWho(identity);
      },
      (failure: ApiError) => {
        if (failure.status === 401) return setWho(null);
        setError(failure);
        setTimeout(look, AGAIN_MS);
      },
    );
  };
  useEffect(() => {
    whenSignedOut(() => setWho(null));
    look();
  }, []);
  if (who) return <Shell who={who} onSignedOut={() => setWho(null)} />;
  if (who === null) return <SignIn onSignedIn={setWho} />;
  return <main class="sign-in">{error ? <Failed error={error} /> : <Loading />}</main>;
}

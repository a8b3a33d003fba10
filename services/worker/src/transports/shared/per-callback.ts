import type { Callback } from '@boomerang/domain';

/** `make` of a callback, made once for as long as the callback is kept. */
export function perCallback<T extends object>(make: (callback: Callback) => T): (callback: Callback) => T {
  const made = new WeakMap<Callback, T>();
  return (callback) => {
    const known = made.get(callback);
    if (known) return known;
    const fresh = make(callback);
    made.set(callback, fresh);
    return fresh;
  };
}

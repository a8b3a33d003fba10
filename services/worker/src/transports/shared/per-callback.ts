import type { Callback } from '@boomerang/domain';

/** Caches the result of `make` for each callback object, as long as that object lives. */
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

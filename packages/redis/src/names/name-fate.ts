/**
 * Time within which a task has to be registered after its name was reserved, ms. Much more than a gateway waits for Redis,
 * and than the clocks of two nodes of a Cluster differ.
 */
export const REGISTER_WITHIN_MS = 600_000;

const LEAST_CHECK_MS = 1_000;

/** A name that is checked, as its home partition knows it. */
export interface Reservation {
  /** When it was reserved, or asked for the last time, Unix epoch ms. */
  readonly reservedMs: number;
  /** How long the name is kept after the end of its task, ms. */
  readonly lifetimeMs: number;
}

/** How the task of a name stands: it was never registered, lives, or has ended. */
export type NamedTaskStanding = 'unregistered' | 'live' | 'ended';

/** What becomes of a name. */
export type NameFate =
  /** It is checked again at `atMs`. */
  | { readonly kind: 'keep'; readonly atMs: number }
  /** It is free once its lifetime has passed; what is left of it is removed at `atMs`. */
  | { readonly kind: 'end'; readonly atMs: number; readonly lifetimeMs: number }
  /** It is free: its task was never registered, and can't be any more. */
  | { readonly kind: 'abandon' }
  /** Nothing is left of it but its receipt, which is removed. */
  | { readonly kind: 'forget' };

/** @param reservation undefined when the name is free already. */
export function nameFate(
  nowMs: number,
  reservation: Reservation | undefined,
  standing: NamedTaskStanding,
): NameFate {
  if (!reservation) return { kind: 'forget' };
  const { reservedMs, lifetimeMs } = reservation;
  if (standing === 'live') {
    return { kind: 'keep', atMs: nowMs + checkAfterMs(lifetimeMs, nowMs - reservedMs) };
  }
  if (standing === 'ended') {
    // The receipt is kept longer than the reservation, by more than a registration in progress may take.
    return { kind: 'end', atMs: nowMs + lifetimeMs + 2 * REGISTER_WITHIN_MS, lifetimeMs };
  }
  const abandonedMs = reservedMs + Math.max(lifetimeMs, 2 * REGISTER_WITHIN_MS);
  return nowMs >= abandonedMs ? { kind: 'abandon' } : { kind: 'keep', atMs: abandonedMs };
}

/**
 * Time to the next check of a name, ms: a quarter of its age, between a 24th of its lifetime and all of it. A task that was
 * cancelled long before its time is noticed, and one that lives for years is looked at once in a lifetime.
 */
export function checkAfterMs(lifetimeMs: number, ageMs: number): number {
  const least = Math.max(LEAST_CHECK_MS, lifetimeMs / 24);
  return Math.round(Math.max(least, Math.min(ageMs / 4, lifetimeMs)));
}

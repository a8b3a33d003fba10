/**
 * How long before the end of a lease an engine is asked to end, and how long before it is killed, ms. Between the two it can
 * put things in order; after the second there is time for the kernel to carry it out.
 */
export function leaseMargins(leaseMs: number): { readonly askMs: number; readonly killMs: number } {
  return { askMs: Math.min(10_000, leaseMs / 3), killMs: Math.min(1_000, leaseMs / 10) };
}

/** One run of a crash point. */
export interface Circumstances {
  /** How many of every service there are. */
  readonly count: 1 | 2;
  readonly kind: 'one-shot' | 'recurring';
  readonly maxAttempts: 1 | 5;
}

const ALL: readonly Circumstances[] = ([1, 2] as const).flatMap((count) =>
  (['one-shot', 'recurring'] as const).flatMap((kind) =>
    ([1, 5] as const).map((maxAttempts) => ({ count, kind, maxAttempts })),
  ),
);

/** Whether everything is to be run: `npm run chaos` asks for it. */
export const COMPLETE = process.env.BOOMERANG_CHAOS === 'all';

/**
 * The circumstances in which the `n`th point is tried: all of them, or two that are opposites in everything. Over four
 * neighbouring points those make every pair of circumstances, and with each point each single one.
 */
export function circumstancesOf(n: number): readonly Circumstances[] {
  return COMPLETE ? ALL : [n % 4, 7 - (n % 4)].map((i) => ALL[i] as Circumstances);
}

export function describeCircumstances({ count, kind, maxAttempts }: Circumstances): string {
  return `${count === 1 ? 'one' : 'two'} of every service, ${kind}, max_attempts ${maxAttempts}`;
}

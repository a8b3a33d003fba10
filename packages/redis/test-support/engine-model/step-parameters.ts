import type { Recurrence, Settlement } from '@boomerang/domain';
import fc from 'fast-check';

export const pick = fc.nat(1_000);
export const limit = fc.integer({ min: 1, max: 6 });
/** The same few for all, so that what is due, what is claimed ahead and where the clock goes meet at their borders. */
export const ms = fc.constantFrom(0, 1, 900, 5_000, 60_000);
/** How many occurrences a claim takes at most of clients, by their places in the list of all. */
export const atMost = fc.oneof(
  { weight: 1, arbitrary: fc.constant<[number, number][]>([]) },
  {
    weight: 1,
    arbitrary: fc.uniqueArray(fc.tuple(fc.nat(2), fc.constantFrom(0, 0, 1, 2)), {
      minLength: 1,
      maxLength: 2,
      selector: ([place]) => place,
    }),
  },
);
export const interval = fc.constantFrom(0, 900, 5_000, 900);
/** Quarters add up exactly. */
export const clockStep: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0.25, 1, 900, 5_000, 15_000, 60_000, 3_600_000) },
  { weight: 1, arbitrary: fc.constantFrom(-0.25, -1, -900, -15_000, -3_600_000) },
);
export const outcome = fc.constantFrom<Settlement['kind']>(
  ...(['retry', 'dead_letter', 'delivered', 'retry', 'dead_letter', 'give_back', 'sent', 'stop'] as const),
);
/** Of a new interval, undefined = none. */
export const newInterval = fc.constantFrom(undefined, undefined, 900, 5_000, undefined);
export const cancelled = fc.constantFrom('under way', 'any', 'strange');
/** Of what was ever claimed. */
const claims = (...of: Claims['of'][]): fc.Arbitrary<Claims> =>
  fc.record({ of: fc.constantFrom(...of), picks: fc.array(pick, { minLength: 1, maxLength: 4 }) });
export const settled = claims('current', 'of ended tasks', 'outdated', 'any');
export const renewed = claims('current', 'outdated', 'outdated', 'any');

export interface Claims {
  readonly of: 'current' | 'outdated' | 'of ended tasks' | 'any';
  readonly picks: readonly number[];
}

const DEFAULTS: Recurrence = {
  missed: 'coalesce',
  overlap: 'allow',
  maxOccurrences: undefined,
  untilMs: undefined,
};
const recurrence = fc.constantFrom<Partial<Recurrence>>(
  { overlap: 'skip' },
  { overlap: 'after' },
  { overlap: 'after', maxOccurrences: 3 },
  { maxOccurrences: 2 },
  { missed: 'all' },
  { missed: 'skip' },
  { missed: 'skip', maxOccurrences: 5 },
);
/** What a task is registered with besides. A recurrence is only for tasks that recur. */
export const terms = fc.record({
  expiry: fc.constantFrom(
    undefined,
    undefined,
    { afterMs: 900, deadLetters: false },
    { afterMs: 5_000, deadLetters: true },
  ),
  recurrence: fc.option(
    recurrence.map((some) => ({ ...DEFAULTS, ...some })),
    { nil: undefined },
  ),
  /** How long it recurs after its first occurrence, ms; undefined = for ever. */
  untilAfterMs: fc.constantFrom(undefined, undefined, 5_000),
});

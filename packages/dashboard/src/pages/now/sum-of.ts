import type { Second } from '../../api/types.js';

/** What was counted in all of these seconds. */
export function sumOf(series: readonly Second[], name: Exclude<keyof Second, 'at' | 'lateness'>): number {
  return series.reduce((sum, second) => sum + second[name], 0);
}

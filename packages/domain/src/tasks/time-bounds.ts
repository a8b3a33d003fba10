/** Ten years of 365.25 days. */
export const MAX_DELAY_MS = 315_576_000_000;
export const MIN_REPEAT_INTERVAL_MS = 100;

/** The latest point in time that records, histories and task ids can hold, Unix epoch ms: they have 48 bits for it. */
export const LATEST_TIME_MS = 2 ** 48 - 1;

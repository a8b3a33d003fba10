/** Redis's clock as this process can know it. */
export interface ServerClock {
  /**
   * Unix epoch ms, with fraction, never ahead of Redis's clock: what is due by this reading is due by Redis's.
   * Behind it by at most the round trip of the last reading.
   */
  now(): number;
}

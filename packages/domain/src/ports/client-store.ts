export interface ClientStore {
  /** The client that `key` belongs to; undefined alike for a malformed, an unknown and a wrong key. */
  authenticate(key: string): Promise<string | undefined>;
}

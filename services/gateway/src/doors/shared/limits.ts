/** How far the TCP door trusts its peers. */
export interface DoorLimits {
  /** Connections open at a time. */
  readonly maxConnections: number;
  /** Connections open at a time from one address. */
  readonly maxConnectionsPerAddress: number;
  /** From a connection's first moment to its first request in a live session, TLS included, ms. */
  readonly sessionMs: number;
  /** From a frame's first byte to its last, ms. */
  readonly frameMs: number;
  /** For which a peer may leave its answers lying without reading any of them, ms. */
  readonly unreadMs: number;
  /** The same once the connection is ending; and from the end of our side to the end of the peer's, ms. */
  readonly lingerMs: number;
}

export const TIME_LIMITS = { sessionMs: 5_000, frameMs: 10_000, unreadMs: 30_000, lingerMs: 2_000 } as const;

/** Limits are enforced this often, ms: how much later than it says a limit may strike. */
export const ENFORCE_EVERY_MS = 100;

/** File descriptors that a gateway needs besides those of its connections: most for those that it sends away. */
export const OTHER_FILE_DESCRIPTORS = 1_000;

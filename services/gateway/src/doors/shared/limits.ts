/** Limits of the TCP door for its peers. */
export interface DoorLimits {
  /** Connections open at a time. */
  readonly maxConnections: number;
  /** Connections open at a time from one address. */
  readonly maxConnectionsPerAddress: number;
  /** From a connection's first moment to its first request in a live session, TLS included, ms. */
  readonly sessionMs: number;
  /** From a frame's first byte to its last, ms. */
  readonly frameMs: number;
  /** How long a peer may go without reading any of its answers, ms. */
  readonly unreadMs: number;
  /** The same while the connection is ending; also the time from the end of our side to the end of the peer's side, ms. */
  readonly lingerMs: number;
}

export const TIME_LIMITS = { sessionMs: 5_000, frameMs: 10_000, unreadMs: 30_000, lingerMs: 2_000 } as const;

/** Limits are checked this often, ms; a limit may take effect later by this much. */
export const ENFORCE_EVERY_MS = 100;

/** File descriptors that a gateway needs besides those of its connections. Most are for connections that it refuses. */
export const OTHER_FILE_DESCRIPTORS = 1_000;

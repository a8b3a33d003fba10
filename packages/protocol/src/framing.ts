/** Where the gateway takes envelopes over TCP, unless it is configured otherwise. */
export const DEFAULT_TCP_PORT = 9973;

/** Bytes in front of every frame's envelope: its length, unsigned, big-endian. */
export const FRAME_HEADER_BYTES = 4;

/** The largest envelope in bytes: a payload of 1 MiB, and 64 KiB for everything around it. */
export const MAX_FRAME_BYTES = 1_048_576 + 65_536;

/** The largest envelope in bytes that a gateway takes on a connection which hasn't shown a live session yet. */
export const MAX_FRAME_BYTES_BEFORE_SESSION = 4_096;

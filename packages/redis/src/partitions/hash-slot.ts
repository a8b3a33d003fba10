/** The Redis Cluster slot (0 to 16383) of a key without hash tag: CRC16/XMODEM modulo 16384. */
export function hashSlot(key: string): number {
  let crc = 0;
  for (const byte of Buffer.from(key)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return (crc & 0xffff) % 16_384;
}

/** The slot of any key or channel: that of its hash tag if it has one. */
export function slotOf(key: string): number {
  return hashSlot(/^[^{]*\{([^}]+)\}/.exec(key)?.[1] ?? key);
}

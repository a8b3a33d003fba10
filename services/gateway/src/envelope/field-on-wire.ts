/** Parts of field paths that have another name in the contract than in the domain. */
const OTHERWISE: Readonly<Record<string, string>> = {
  key: 'auth_token',
  scheduledAfterMs: 'scheduled_after',
  scheduledBeforeMs: 'scheduled_before',
  ids: 'dead_letter_ids',
  afterMs: 'dead_lettered_after',
  beforeMs: 'dead_lettered_before',
  format: 'http_format',
  acked: 'udp_ack',
};

/** A field of the domain as the contract spells it: `retry.maxAttempts` is `retry.max_attempts`. */
export function fieldOnWire(field: string): string {
  return field.split('.').map(partOnWire).join('.');
}

function partOnWire(part: string): string {
  return OTHERWISE[part] ?? part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

import { type BoomerangError, invalidField } from '@boomerang/domain';
import type { DatagramLimits } from '../operation.js';

/** Said here and not at the delivery, which could only dead-letter it. */
export function requireFitsDatagram(limits: DatagramLimits, clientId: string, payloadBytes: number): void {
  if (payloadBytes <= limits.mostPayloadBytes(clientId)) return;
  throw tooLargeForDatagram(limits, clientId, payloadBytes);
}

export function tooLargeForDatagram(
  { mostBytes, mostPayloadBytes }: DatagramLimits,
  clientId: string,
  payloadBytes: number,
): BoomerangError {
  const reason = `a callback over UDP is one datagram of at most ${mostBytes} bytes in all`;
  const allowed = `at most ${mostPayloadBytes(clientId)} bytes, as ${reason}`;
  return invalidField('payload', `${payloadBytes} bytes`, allowed);
}

import type { Refusal } from '../../refusal.js';
import { CLIENT_CA } from './certificate.js';
import type { DoorLimits } from './limits.js';

export function tooMany(limits: DoorLimits, where: 'in all' | 'from one address'): Refusal {
  if (where === 'in all') {
    const message = `at most ${limits.maxConnections} connections at a time; try again later, or another gateway`;
    return { code: 'TOO_MANY_CONNECTIONS', message };
  }
  const most = limits.maxConnectionsPerAddress;
  const message = `at most ${most} connections at a time from one address; share them, any number of sessions fits on one`;
  return { code: 'TOO_MANY_FROM_ADDRESS', message };
}

export const TLS_EXPECTED: Refusal = {
  code: 'TLS_EXPECTED',
  message: 'plain bytes came to a port that speaks TLS: connect with TLS 1.2 or later',
};

/** @param reason as OpenSSL calls it, such as CERT_HAS_EXPIRED. */
export function certificateRefused(reason: string): Refusal {
  const message = `the client certificate is refused (${reason}): show one that an authority of ${CLIENT_CA} has signed, or none`;
  return { code: 'CERTIFICATE_REFUSED', message };
}

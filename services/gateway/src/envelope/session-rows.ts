import { invalidField } from '@boomerang/domain';
import type { boomerang } from '@boomerang/protocol';
import { policyFromWire } from './policy-from-wire.js';
import { met, type RequestRow } from './request-row.js';

export const handshakeRow: RequestRow = {
  request: 'authHandshake',
  response: 'authResponse',
  large: false,
  async answer({ sessions }, { authHandshake }, peer) {
    const handshake = authHandshake ?? {};
    const shown = {
      key: handshake.authToken ?? '',
      clientId: handshake.clientId ?? '',
      address: peer.address,
      certificate: peer.certificate,
    };
    const policy = handshake.defaultPolicy ? ('default' as const) : () => policyFromWire(handshake);
    if (handshake.defaultPolicy) requireNoPolicy(handshake);
    const { sessionId, expiresAtMs, clientId } = await sessions.open(shown, policy);
    await peer.meet(clientId);
    return { sessionId, expiresAtMs };
  },
};

export const refreshRow: RequestRow = {
  request: 'sessionRefresh',
  response: 'sessionRefreshResponse',
  large: false,
  async answer({ sessions }, { sessionId }, peer) {
    await met(sessions.callerOf(sessionId), peer);
    return { expiresAtMs: await sessions.refresh(sessionId) };
  },
};

/** @throws BoomerangError `invalid_request` */
function requireNoPolicy({ callback, retry, dlq }: boomerang.AuthHandshake.$Properties): void {
  if (!callback && !retry && !dlq) return;
  throw invalidField('defaultPolicy', 'given with a callback, retry or dlq', 'only without them');
}

import { policyFromWire } from './policy-from-wire.js';
import { met, type RequestRow } from './request-row.js';

export const handshakeRow: RequestRow = {
  request: 'authHandshake',
  response: 'authResponse',
  large: false,
  async answer({ sessions }, { authHandshake }, peer) {
    const handshake = authHandshake ?? {};
    const { sessionId, expiresAtMs, clientId } = await sessions.open(
      { key: handshake.authToken ?? '', address: peer.address, certificate: peer.certificate },
      () => policyFromWire(handshake),
    );
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

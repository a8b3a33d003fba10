import { policyFromWire } from './policy-from-wire.js';
import { met, type RequestRow } from './request-row.js';

export const handshakeRow: RequestRow = {
  request: 'authHandshake',
  response: 'authResponse',
  large: false,
  async answer({ sessions }, { authHandshake }, meet) {
    const handshake = authHandshake ?? {};
    const { sessionId, expiresAtMs, clientId } = await sessions.open(handshake.authToken ?? '', () =>
      policyFromWire(handshake),
    );
    await meet(clientId);
    return { sessionId, expiresAtMs };
  },
};

export const refreshRow: RequestRow = {
  request: 'sessionRefresh',
  response: 'sessionRefreshResponse',
  large: false,
  async answer({ sessions }, { sessionId }, meet) {
    await met(sessions.callerOf(sessionId), meet);
    return { expiresAtMs: await sessions.refresh(sessionId) };
  },
};

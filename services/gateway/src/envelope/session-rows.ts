import { policyFromWire } from './policy-from-wire.js';
import type { RequestRow } from './request-row.js';

export const handshakeRow: RequestRow = {
  request: 'authHandshake',
  response: 'authResponse',
  large: false,
  async answer({ sessions }, { authHandshake }) {
    const handshake = authHandshake ?? {};
    const { sessionId, expiresAtMs } = await sessions.open(handshake.authToken ?? '', () =>
      policyFromWire(handshake),
    );
    return { sessionId, expiresAtMs };
  },
};

export const refreshRow: RequestRow = {
  request: 'sessionRefresh',
  response: 'sessionRefreshResponse',
  large: false,
  async answer({ sessions }, { sessionId }) {
    return { expiresAtMs: await sessions.refresh(sessionId) };
  },
};

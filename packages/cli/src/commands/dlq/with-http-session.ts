import { openHttpSession, requestJson } from '@boomerang/client';
import type { Environment } from '@boomerang/runtime';
import { findProfile, type RemoteOptions, requireKey } from '../../remote/find-profile.js';
import type { InSession } from './in-session.js';

type Callback = NonNullable<Parameters<InSession>[1]>;

/** Over the HTTP API of the gateway that options, environment or profile name. */
export function withHttpSession(env: Environment, options: RemoteOptions): InSession {
  return async (work, callback) => {
    const profile = findProfile(env, options);
    const { url } = profile;
    const key = requireKey(profile);
    const token = callback === undefined ? key : await openSessionFor(callback, url, key);
    const session = openHttpSession({ url, token });
    try {
      await work(session);
    } finally {
      await session.close();
    }
  };
}

/** The id of a session that calls back there. */
async function openSessionFor({ protocol, endpoint }: Callback, url: string, token: string): Promise<string> {
  const isUrl = /^(https?|grpcs):/.test(endpoint);
  const callback = {
    url: isUrl ? endpoint : `${protocol.toLowerCase()}://${endpoint}`,
    ...(protocol === 'HTTP' && { format: 'envelope' }),
  };
  const request = { method: 'POST', path: '/v1/sessions', body: { callback } } as const;
  return ((await requestJson({ url, token }, request)) as { id: string }).id;
}

import { requestJson } from '@boomerang/client';
import type { Environment } from '@boomerang/runtime';
import { findProfile, type RemoteOptions, requireKey } from './find-profile.js';

export interface RemoteRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  /** What is undefined is left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A gateway's HTTP API, as the client whose key it is. */
export interface Remote {
  readonly url: string;
  /** @throws what `requestJson` of the client does; a timeout after 10 s. */
  ask<T extends object>(request: RemoteRequest): Promise<T>;
}

const LONGEST_MS = 10_000;

/** @throws UsageError if it isn't known which gateway, or with which key. */
export function openRemote(env: Environment, options: RemoteOptions): Remote {
  const profile = findProfile(env, options);
  const token = requireKey(profile);
  return {
    url: profile.url,
    async ask<T extends object>({ path, query = {}, ...request }: RemoteRequest) {
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) search.set(name, String(value));
      const whole = search.size > 0 ? `${path}?${search}` : path;
      const door = { url: profile.url, token };
      return (await requestJson(door, { ...request, path: whole }, AbortSignal.timeout(LONGEST_MS))) as T;
    },
  };
}

import type { Caller, DeliveryPolicy } from '@boomerang/domain';
import type { TSchema } from 'typebox';
import type { Shown } from '../../operations/authentication/certificate-clients.js';
import type { Perform } from '../../operations/perform.js';
import type { Sessions } from '../../operations/sessions/sessions.js';

/** What the API stands on. */
export interface ApiBackend {
  readonly perform: Perform;
  readonly sessions: Sessions;
  /** A policy that came with a registration, checked as that of a handshake. May reject with a BoomerangError. */
  readonly requireReachable: (policy: DeliveryPolicy) => Promise<void>;
}

/** A request of a caller who was found good. */
export interface Asked {
  readonly caller: Caller;
  readonly shown: Shown;
  readonly address: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Not checked yet. */
  readonly query: unknown;
  /** Not checked yet. */
  readonly body: unknown;
  /** The text of the body. */
  readonly raw: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** One operation of the API, for the router and for its description. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Parts that begin with ":" are parameters. */
  readonly path: string;
  /** As metrics and the description have it. */
  readonly name: string;
  readonly summary: string;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Whether the body may be left out. */
  readonly bodyIsOptional?: true;
  readonly status: number;
  readonly answer: TSchema;
  handle(backend: ApiBackend, asked: Asked): Promise<Answer>;
}

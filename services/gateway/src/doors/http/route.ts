import type { ServerResponse } from 'node:http';
import type { Caller, DeliveryPolicy, EventStore } from '@boomerang/domain';
import type { TSchema } from 'typebox';
import type { Shown } from '../../operations/authentication/certificate-clients.js';
import type { Perform } from '../../operations/perform.js';
import type { Policies } from '../../operations/policies/policies.js';
import type { Sessions } from '../../operations/sessions/sessions.js';
import type { EventStreams } from './events/event-streams.js';

/** What the API stands on. */
export interface ApiBackend {
  readonly perform: Perform;
  readonly sessions: Sessions;
  /** A policy that came with a registration, checked as that of a handshake. May reject with a BoomerangError. */
  readonly requireReachable: (policy: DeliveryPolicy) => Promise<void>;
  readonly policies: Policies;
  readonly events: Pick<EventStore, 'parseCursor'>;
  readonly streams: EventStreams;
  /** Rejects when a caller who was found good is so no more. */
  readonly stillGood: (bearer: string, caller: Caller) => Promise<void>;
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

export interface JsonAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** An answer that goes on. */
interface StreamAnswer {
  /** May reject with a BoomerangError as long as nothing is answered. */
  serve(response: ServerResponse): Promise<void>;
}

export type Answer = JsonAnswer | StreamAnswer;

/** One operation of the API, for the router and for its description. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Parts that begin with ":" are parameters. */
  readonly path: string;
  /** As metrics and the description have it. */
  readonly name: string;
  readonly summary: string;
  readonly query?: TSchema;
  /** What it reads besides those that all requests have. */
  readonly headers?: readonly string[];
  readonly body?: TSchema;
  /** Whether the body may be left out. */
  readonly bodyIsOptional?: true;
  readonly status: number;
  readonly answer: TSchema;
  /** Content type of the answer; default: JSON. */
  readonly type?: string;
  handle(backend: ApiBackend, asked: Asked): Promise<Answer>;
}

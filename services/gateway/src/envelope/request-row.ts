import type { Caller } from '@boomerang/domain';
import type { boomerang, DecodedEnvelope } from '@boomerang/protocol';
import type { ShownCertificate } from '../operations/authentication/certificate-rules.js';
import type { Operation } from '../operations/operation.js';
import type { Perform } from '../operations/perform.js';
import type { Sessions } from '../operations/sessions/sessions.js';

export type Envelope = boomerang.BoomerangEnvelope.$Properties;

/** Names of the messages that an envelope may carry. */
type MessageName = Exclude<DecodedEnvelope['payload'], undefined>;
type Message<Name extends MessageName> = NonNullable<Envelope[Name]>;

/** What requests in envelopes are answered with. */
export interface Backend {
  readonly perform: Perform;
  readonly sessions: Sessions;
}

/** Who sends requests. */
export interface Peer {
  /** The peer's address as `addressKey` groups addresses. */
  readonly address: string;
  /** The trusted certificate of the peer's TLS connection; undefined for none. */
  readonly certificate: () => ShownCertificate | undefined;
  /**
   * Called with the client that asks, before its request is carried out. If it rejects with a BoomerangError, that is the
   * answer.
   */
  readonly meet: (clientId: string) => Promise<void> | undefined;
}

/** How one kind of request is answered. */
export interface RequestRow {
  /** The request message. */
  readonly request: MessageName;
  /** The response message, which also carries refusals. */
  readonly response: MessageName;
  /** Whether the response may fill a frame. */
  readonly large: boolean;
  /** The content of a response with the status OK; may reject with a BoomerangError. */
  answer(backend: Backend, envelope: DecodedEnvelope, peer: Peer): Promise<object>;
}

interface OperationRow<Name extends MessageName, Response extends MessageName, Request, Answer>
  extends Omit<RequestRow, 'answer'> {
  readonly request: Name;
  readonly response: Response;
  readonly operation: Operation<Request, Answer>;
  /** May throw a BoomerangError. */
  fromWire(message: Message<Name>): Request;
  toWire(answer: Answer): Message<Response>;
}

/** The row of an operation that needs the id of a session. */
export function operationRow<Name extends MessageName, Response extends MessageName, Request, Answer>(
  row: OperationRow<Name, Response, Request, Answer>,
): RequestRow {
  const { request, response, large, operation, fromWire, toWire } = row;
  return {
    request,
    response,
    large,
    async answer({ perform, sessions }, envelope, peer) {
      const asked = fromWire((envelope as Envelope)[request] as Message<Name>);
      return toWire(
        await perform(
          operation,
          () => met(sessions.callerOf(envelope.sessionId), peer),
          asked,
          undefined,
          peer.address,
        ),
      );
    },
  };
}

/** The caller, after `onClient`; not a promise where possible, because most requests pass here. */
export function met(caller: Caller | Promise<Caller>, peer: Peer): Caller | Promise<Caller> {
  if (caller instanceof Promise) return caller.then((found) => met(found, peer));
  const meeting = peer.meet(caller.clientId);
  return meeting ? meeting.then(() => caller) : caller;
}
